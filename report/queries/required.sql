-- Required rules that were not measured on some Macs (or accounts) to which
-- they apply: how many, of how many clients.
SELECT u.id                        AS rule,
       u.title                     AS title,
       u.scope                     AS scope,
       sum(t.count)                AS notchecked,
       count(DISTINCT t.client_id) AS clients
  FROM tally t
  CROSS JOIN temp.report_rule u ON u.rule_no = t.rule_no
  CROSS JOIN temp.required_rule q ON q.period_id = t.period_id
                                 AND q.rule_no = t.rule_no
                                 AND q.client_id = t.client_id
 WHERE t.period_id = :period_id
   AND (:client_id = 0 OR t.client_id = :client_id)
   AND t.result IN ('notchecked', 'error')
 GROUP BY u.rule_no
 ORDER BY u.rule_no
