-- Rules by how many fail, the serious ones first among equals.
SELECT u.title AS title, u.id AS rule, u.severity AS severity,
       sum(t.count) FILTER (WHERE t.result = 'fail')                AS fail,
       coalesce(sum(t.count) FILTER (WHERE t.result IN
                ('unknown', 'stale')), 0)                           AS unknown,
       coalesce(sum(t.count) FILTER (WHERE t.result = 'notchecked'), 0)
                                                                 AS notchecked,
       share(sum(t.count) FILTER (WHERE t.result = 'pass'),
             sum(t.count) FILTER (WHERE t.result = 'fail'))      AS pass_rate
  FROM temp.report_rule u
  JOIN tally t ON t.period_id = :period_id AND t.rule_no = u.rule_no
 WHERE u.counted
   AND t.client_id BETWEEN :client_low AND :client_high
 GROUP BY u.rule_no
HAVING fail > 0
 ORDER BY severity_rank(u.severity) DESC, fail DESC, u.rule_no
