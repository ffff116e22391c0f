-- Done once for the fleet, and for no Mac alone.
SELECT u.title                              AS title,
       u.id                                 AS id,
       u.why                                AS why,
       num(coalesce(sum(t.count) FILTER (WHERE t.result IN
             ('fail', 'informational')), 0)) AS devices,
       num(coalesce(sum(t.count) FILTER (WHERE t.result IN
             ('unknown', 'notchecked', 'stale')
             -- no plan says what the new server does
             OR (u.id = 'MIG-07' AND t.result = 'notapplicable')), 0)) AS open
  FROM move_rule m
  CROSS JOIN temp.report_rule u ON u.rule_no = m.rule_no
  LEFT JOIN tally t ON t.period_id = :period_id AND t.rule_no = m.rule_no
                   AND (:client_id = 0 OR t.client_id = :client_id)
 WHERE m.period_id = :period_id AND m.level = 'checklist'
 GROUP BY m.rule_no
 ORDER BY m.step
