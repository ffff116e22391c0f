-- What the page needs beyond report/queries/prepare.sql. Run once a report.
DROP TABLE IF EXISTS temp.html_mac;

CREATE TEMP TABLE html_mac (
  no        INTEGER PRIMARY KEY,      -- worst first
  device_id INTEGER UNIQUE,
  rank      INTEGER                   -- by client and serial number
);

INSERT INTO html_mac (device_id, rank)
SELECT o.device_id, o.rank
  FROM temp.report_rank o
  CROSS JOIN device_result r
          ON r.period_id = :period_id AND r.device_id = o.device_id
 ORDER BY CASE r.verdict WHEN 'at-risk' THEN 0 WHEN 'undetermined' THEN 1
                         WHEN 'attention' THEN 2 WHEN 'partial' THEN 3
                         ELSE 4 END,
          severity_rank(r.worst) DESC, r.failed DESC, r.unknown DESC, o.rank
 LIMIT 50000;

-- Findings of one cause and one fix on a Mac are one line. Its first finding
-- is the worst one.
DROP TABLE IF EXISTS temp.html_line;

CREATE TEMP TABLE html_line (
  no        INTEGER PRIMARY KEY,      -- worst first
  device_id INTEGER,
  remedy    TEXT,
  result    TEXT,
  lead      INTEGER,                  -- rowid of finding
  rule_no   INTEGER,
  severity  INTEGER,
  UNIQUE (device_id, result, remedy)
);

INSERT OR IGNORE INTO html_line
       (device_id, remedy, result, lead, rule_no, severity)
SELECT o.device_id, o.remedy, CASE WHEN o.fail THEN 'fail' ELSE 'unknown' END,
       o.finding, o.rule_no, o.severity
  FROM temp.report_finding o
  CROSS JOIN temp.report_rule u ON u.rule_no = o.rule_no AND u.counted
 WHERE o.ord <= 400000
 ORDER BY o.ord;

DELETE FROM temp.html_line WHERE no > 100000;

DROP TABLE IF EXISTS temp.html_member;

CREATE TEMP TABLE html_member (
  device_id INTEGER,
  result    TEXT,
  remedy    TEXT,
  ord       INTEGER,
  finding   INTEGER,
  rule_no   INTEGER,
  PRIMARY KEY (device_id, result, remedy, ord)
) WITHOUT ROWID;

INSERT INTO html_member
SELECT o.device_id, CASE WHEN o.fail THEN 'fail' ELSE 'unknown' END, o.remedy,
       o.ord, o.finding, o.rule_no
  FROM temp.report_finding o
  CROSS JOIN temp.report_rule u
          ON u.rule_no = o.rule_no AND (u.counted OR u.kind = 'cause')
 WHERE o.ord <= 400000;

-- Filled by the program: what changed, and what would close gaps.
DROP TABLE IF EXISTS temp.html_changed;

CREATE TEMP TABLE html_changed (change TEXT, serial TEXT, rule TEXT);

DROP TABLE IF EXISTS temp.html_way;

CREATE TEMP TABLE html_way (way INTEGER PRIMARY KEY, goal TEXT, sentence TEXT);

DROP TABLE IF EXISTS temp.html_path;

CREATE TEMP TABLE html_path (
  ord INTEGER PRIMARY KEY, way INTEGER, remedy TEXT, macs INTEGER,
  remaining INTEGER
);

DROP TABLE IF EXISTS temp.html_supply;

CREATE TEMP TABLE html_supply (
  ord INTEGER PRIMARY KEY, title TEXT, how TEXT, plain TEXT, checks INTEGER,
  devices INTEGER, rules INTEGER
);
