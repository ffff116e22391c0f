-- Rules that the settings in force want measured, and that were not on some
-- Macs (or accounts) to which they apply: how many, of how many clients.
SELECT u.id                        AS rule,
       u.title                     AS title,
       u.scope                     AS scope,
       sum(t.count)                AS notchecked,
       count(DISTINCT t.client_id) AS clients
  FROM tally t
  CROSS JOIN temp.report_rule u ON u.rule_no = t.rule_no
  CROSS JOIN client c ON c.client_id = t.client_id
  CROSS JOIN run n ON n.period_id = t.period_id
 WHERE t.period_id = :period_id
   AND (:client_id = 0 OR t.client_id = :client_id)
   AND t.result IN ('notchecked', 'error')
   AND EXISTS (SELECT 1
                 FROM json_each(coalesce(
                        (SELECT json_extract(k.value, '$.required')
                           FROM json_each(n.policy, '$.clients') k
                          WHERE fold(k.key) = fold(c.name)),
                        json_extract(n.policy, '$.general.required'),
                        '[]')) w
                WHERE u.id GLOB w.value)
 GROUP BY u.rule_no
 ORDER BY u.rule_no
