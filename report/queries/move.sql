-- For the use "migration", and empty for others: why a Mac is not ready, in the
-- order of fixing, and what of the core is not known. Run once a report, after
-- prepare.sql.

-- What stands in the way. An account rule is one reason however many accounts
-- it failed for.
DROP TABLE IF EXISTS temp.report_reason;

CREATE TEMP TABLE report_reason (
  device_id INTEGER,
  place     INTEGER,                  -- from 0 what blocks, from 1000 what takes
                                      -- a visit, from 2000 the others
  rule_no   INTEGER,
  remedy    TEXT,
  accepted  INTEGER,
  PRIMARY KEY (device_id, place)
) WITHOUT ROWID;

DROP TABLE IF EXISTS temp.report_move;

CREATE TEMP TABLE report_move (
  device_id INTEGER PRIMARY KEY,
  remedy    TEXT,                     -- what to do first; NULL: find out
  reasons   TEXT,                     -- titles of rules, the first one first
  open      TEXT                      -- facts to find out
);

INSERT INTO report_reason
SELECT o.device_id,
       CASE
         WHEN m.level = 'blocked' THEN 0
         WHEN r.readiness = 'blocked'
          AND u.id IN ('MIG-01', 'MIG-02', 'ENR-01') THEN 0
         WHEN m.level = 'hands-on' THEN 1
         WHEN u.id = 'MIG-06' AND d.repair_path IN ('D', 'E') THEN 1
         ELSE 2
       END * 1000 + m.step,
       o.rule_no,
       CASE
         WHEN u.id = 'MIG-01' AND r.readiness = 'blocked' THEN 'R13'
         WHEN u.id = 'ENR-01' AND r.stale THEN 'R17'
         ELSE o.remedy
       END,
       min(o.accepted)
  FROM temp.report_finding o
  CROSS JOIN temp.report_rule u ON u.rule_no = o.rule_no
  CROSS JOIN move_rule m ON m.period_id = :period_id
                        AND m.rule_no = o.rule_no
                        AND m.level <> 'checklist'
  CROSS JOIN device_result r
          ON r.period_id = :period_id AND r.device_id = o.device_id
  LEFT JOIN device_derived d ON d.device_id = o.device_id
  LEFT JOIN client_policy p ON p.client_id = r.client_id
 WHERE o.fail AND :use = 'migration'
   AND r.readiness NOT IN ('', 'ready')
   AND m.way IN ('', 'if', coalesce(p.p_route, 'classic'))
   AND (u.id <> 'ENR-05' OR r.stale)
   AND (u.id <> 'FV-03' OR o.severity >= 3)
   AND (u.id <> 'BT-05' OR d.bootstrap_state = 'unsupported' AND d.os < 101500)
   AND (u.id <> 'MIG-01' OR coalesce(p.p_route, '') = 'in-place'
        OR (p.p_route IS NULL AND r.readiness IN ('action-first', 'blocked')))
 GROUP BY o.device_id, o.rule_no;

-- What the judgement reads from the facts themselves, where the rule that says
-- it does not apply, or was left open: a personal enrolment, an old system, a
-- way that does not ask.
INSERT OR IGNORE INTO report_reason
SELECT k.device_id, c.place * 1000 + m.step, u.rule_no,
       CASE WHEN c.id <> 'ST-05' THEN c.remedy
            WHEN d.os < 101300 THEN 'R19'
            WHEN d.bootstrap_expected THEN 'R2'
            WHEN d.repair_path = 'D' THEN 'R5'
            WHEN d.repair_path = 'E' AND NOT d.bootstrap_expected THEN 'R14'
            WHEN d.repair_path = 'E' THEN 'R2'
       END, 0
  FROM (SELECT 'MIG-02' AS id, 1 AS place, 'R13' AS remedy
        UNION ALL SELECT 'ST-05', 1, NULL
        UNION ALL SELECT 'BT-01', 2, 'R0'
        UNION ALL SELECT 'BT-02', 2, 'R9'
        UNION ALL SELECT 'BT-03', 2, 'R11'
        UNION ALL SELECT 'BT-04', 2, 'R11'
        UNION ALL SELECT 'BT-05', 2, 'R19'
        UNION ALL SELECT 'FV-02', 2, 'R8'
        UNION ALL SELECT 'FV-03', 2, 'R8') c
  CROSS JOIN temp.report_rule u ON u.id = c.id
  CROSS JOIN move_rule m ON m.period_id = :period_id
                        AND m.rule_no = u.rule_no
  CROSS JOIN temp.report_rank k
  CROSS JOIN device_result r
          ON r.period_id = :period_id AND r.device_id = k.device_id
  CROSS JOIN device_fact f ON f.device_id = k.device_id
  CROSS JOIN device_derived d ON d.device_id = k.device_id
 WHERE :use = 'migration'
   AND r.readiness NOT IN ('', 'ready', 'unknown')
   AND CASE c.id
         WHEN 'MIG-02' THEN NOT f.in_abm
         WHEN 'ST-05' THEN NOT d.any_holder
         WHEN 'BT-01' THEN d.bootstrap_state = 'absent'
         WHEN 'BT-02' THEN d.bootstrap_state = 'unsupported'
                           AND (d.os < 101500) IS NOT TRUE
         WHEN 'BT-03' THEN d.bootstrap_state = 'conflict'
         WHEN 'BT-04' THEN d.bootstrap_state = 'invalid'
         WHEN 'BT-05' THEN d.bootstrap_state = 'unsupported'
                           AND d.os < 101500
         WHEN 'FV-02' THEN d.filevault_on AND NOT f.recovery_key_escrowed
         ELSE d.filevault_on AND f.recovery_key_validity = 'invalid'
       END
   AND NOT EXISTS (SELECT 1 FROM temp.report_reason n
                    WHERE n.device_id = k.device_id AND n.rule_no = u.rule_no);

INSERT INTO report_move
WITH
told AS (
  SELECT device_id, remedy, min(place) AS place,
         group_concat(title, ' | ') AS reasons
    FROM (SELECT n.device_id, n.place, n.remedy, u.title
            FROM temp.report_reason n
            CROSS JOIN temp.report_rule u ON u.rule_no = n.rule_no
           ORDER BY n.device_id, n.place)
   GROUP BY device_id
)
SELECT k.device_id,
       CASE WHEN r.readiness = 'ready' THEN 'R13'
            WHEN r.readiness <> 'unknown' THEN t.remedy END,
       t.reasons,
       nullif(ltrim(
         CASE WHEN f.mdm_enrolled IS NULL
              THEN ', whether it is enrolled' ELSE '' END
         || CASE WHEN f.os IS NULL
              THEN ', the version of macOS' ELSE '' END
         || CASE WHEN f.in_abm IS NULL
              THEN ', whether it is in Apple Business' ELSE '' END
         || CASE WHEN f.filevault IS NULL
              THEN ', the state of FileVault' ELSE '' END
         || CASE WHEN f.recovery_key_escrowed IS NULL
                   AND d.filevault_on IS NOT FALSE
              THEN ', whether the recovery key is stored' ELSE '' END
         || CASE WHEN d.any_holder IS NULL
              THEN ', who holds a secure token' ELSE '' END
         || CASE WHEN d.bootstrap_state = 'unknown'
              THEN ', whether the bootstrap token is stored'
              WHEN d.bootstrap_state = 'conflict'
              THEN ', which of Mac and server is right about the bootstrap token'
              ELSE '' END
         || CASE WHEN f.last_checkin IS NULL
              THEN ', when it last reported' ELSE '' END, ', '), '')
  FROM temp.report_rank k
  CROSS JOIN device_result r
          ON r.period_id = :period_id AND r.device_id = k.device_id
  LEFT JOIN told t ON t.device_id = k.device_id
  LEFT JOIN device_fact f ON f.device_id = k.device_id
  LEFT JOIN device_derived d ON d.device_id = k.device_id
 WHERE :use = 'migration' AND r.readiness <> '';
