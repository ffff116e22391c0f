-- The findings of the period before, under this period's rule numbers. Made
-- when the changes are asked for.
CREATE TEMP TABLE report_before (
  device_id INTEGER,
  rule_no   INTEGER,
  account   TEXT,                     -- folded
  shown     TEXT,
  client_id INTEGER,
  result    TEXT,
  severity  TEXT,
  seen      INTEGER,                  -- 1: still a finding now
  PRIMARY KEY (device_id, rule_no, account)
) WITHOUT ROWID;

INSERT OR IGNORE INTO report_before
SELECT f.device_id, u.rule_no, fold(f.account), f.account, f.client_id,
       f.result, f.severity, 0
  FROM finding f
  JOIN rule b ON b.period_id = f.period_id AND b.rule_no = f.rule_no
  JOIN temp.report_rule u ON u.id = b.id
 WHERE f.period_id = :before_id
   AND (:client_id = 0 OR f.client_id = :client_id);

UPDATE report_before
   SET seen = 1
 WHERE :before_id > 0
   AND (device_id, rule_no, account) IN
       (SELECT o.device_id, o.rule_no, fold(f.account)
          FROM temp.report_finding o
          JOIN finding f ON f.rowid = o.finding);
