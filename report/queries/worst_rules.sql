-- Rules by how many fail, the serious ones first among equals.
SELECT u.title AS title, u.id AS rule, u.severity AS severity,
       sum(t.fail)                           AS fail,
       coalesce(sum(t.unknown), 0)           AS unknown,
       coalesce(sum(t.notchecked), 0)        AS notchecked,
       share(sum(t.pass), sum(t.fail))       AS pass_rate
  FROM temp.report_rule u
  JOIN temp.report_tally t ON t.rule_no = u.rule_no
 WHERE u.counted
 GROUP BY u.rule_no
HAVING sum(t.fail) > 0
 ORDER BY severity_rank(u.severity) DESC, fail DESC, u.rule_no
