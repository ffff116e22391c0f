-- What lists of the page have no room for; NULL where they have everything.
WITH size (overdue, conflicts, sites, blockers) AS (
  SELECT (SELECT count(*)
            FROM (SELECT DISTINCT o.device_id, o.remedy
                    FROM temp.report_finding o
                    CROSS JOIN temp.report_rule u
                            ON u.rule_no = o.rule_no AND u.counted
                   WHERE o.fail AND NOT o.accepted AND o.severity >= 2
                     AND :as_of - o.first_seen
                         > 86400 * CASE o.severity WHEN 4 THEN 14
                                   WHEN 3 THEN 30 ELSE 90 END)) - 40,
         (SELECT count(*)
            FROM (SELECT DISTINCT c.device_id, c.account, c.fact
                    FROM conflict c
                    JOIN temp.report_rank k ON k.device_id = c.device_id
                   WHERE c.period_id = :period_id)) - 30,
         (SELECT count(*)
            FROM (SELECT DISTINCT o.client_id, t.site
                    FROM temp.report_device o
                    LEFT JOIN device_text t ON t.device_id = o.device_id
                   WHERE :use = 'migration')) - 60,
         (SELECT count(*)
            FROM (SELECT DISTINCT rule_no, remedy
                    FROM temp.report_reason
                   WHERE NOT accepted)) - 40
)
SELECT CASE WHEN overdue > 0 THEN num(overdue) END     AS overdue_left,
       CASE WHEN conflicts > 0 THEN num(conflicts) END AS conflicts_left,
       CASE WHEN sites > 0 THEN num(sites) END         AS sites_left,
       CASE WHEN blockers > 0 THEN num(blockers) END   AS blockers_left
  FROM size
