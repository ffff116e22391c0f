-- Open longer than they should be: 14 days where critical, 30 where high, 90
-- where medium. One line a Mac and fix, which says the worst of it and how long
-- that has been open.
WITH open AS (
  SELECT o.device_id, o.remedy, o.severity, o.first_seen AS since, o.ord,
         row_number() OVER (PARTITION BY o.device_id, o.remedy
                            ORDER BY o.severity DESC, o.first_seen, o.ord)
           AS place
    FROM temp.report_finding o
    CROSS JOIN temp.report_rule u ON u.rule_no = o.rule_no AND u.counted
   WHERE o.fail AND NOT o.accepted AND o.severity >= 2
     AND :as_of - o.first_seen > 86400 * CASE o.severity WHEN 4 THEN 14
                                         WHEN 3 THEN 30 ELSE 90 END
),
late AS (
  SELECT * FROM open WHERE place = 1
)
SELECT d.serial                             AS serial,
       nullif(t.name, '')                   AS name,
       nullif(t.assigned_user, '')          AS person,
       nullif(t.asset_tag, '')              AS asset,
       c.name                               AS client,
       word.w                               AS severity,
       plain('severity', word.w)            AS severity_word,
       u.title                              AS title,
       days_between(l.since, :as_of)        AS days,
       day(l.since)                         AS since,
       m.title                              AS fix
  FROM late l
  JOIN temp.report_finding o ON o.ord = l.ord
  JOIN temp.report_rule u ON u.rule_no = o.rule_no
  JOIN (SELECT 4 AS s, 'critical' AS w UNION ALL SELECT 3, 'high'
        UNION ALL SELECT 2, 'medium') word ON word.s = l.severity
  JOIN device d ON d.device_id = l.device_id
  JOIN client c ON c.client_id = o.client_id
  LEFT JOIN device_text t ON t.device_id = l.device_id
  LEFT JOIN remedy m ON m.id = l.remedy
 ORDER BY l.severity DESC, l.since, l.ord
 LIMIT 40
