-- Open longer than they should be: 14 days where critical, 30 where high, 90
-- where medium. One line a Mac and fix.
WITH late AS (
  SELECT o.device_id, o.remedy, max(o.severity) AS severity,
         min(o.first_seen) AS since, min(o.ord) AS ord
    FROM temp.report_finding o
    CROSS JOIN temp.report_rule u ON u.rule_no = o.rule_no AND u.counted
   WHERE o.fail AND NOT o.accepted AND o.severity >= 2
     AND :as_of - o.first_seen > 86400 * CASE o.severity WHEN 4 THEN 14
                                         WHEN 3 THEN 30 ELSE 90 END
   GROUP BY o.device_id, o.remedy
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
