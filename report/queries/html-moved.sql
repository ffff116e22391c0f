-- Macs that have moved, or should have: the checks after the move.
SELECT u.title                              AS title,
       u.id                                 AS id,
       m.title                              AS fix,
       num(coalesce(sum(t.count) FILTER (WHERE t.result = 'fail'), 0))
                                            AS devices,
       num(coalesce(sum(t.count) FILTER (WHERE t.result = 'pass'), 0)) AS fine,
       num(coalesce(sum(t.count) FILTER (WHERE t.result IN
             ('unknown', 'notchecked', 'stale')), 0)) AS open
  FROM temp.report_rule u
  CROSS JOIN tally t ON t.period_id = :period_id AND t.rule_no = u.rule_no
                    AND (:client_id = 0 OR t.client_id = :client_id)
                    AND t.result <> 'notapplicable'
  LEFT JOIN remedy m ON m.id = substr(u.fix, 1, instr(u.fix || ' ', ' ') - 1)
 WHERE u.id IN ('MIG-11', 'MIG-12', 'MIG-13')
 GROUP BY u.rule_no
 ORDER BY u.rule_no
