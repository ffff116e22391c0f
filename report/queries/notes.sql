-- Rules that stand outside every rate, and on how much they have something to
-- say.
SELECT u.id AS rule, u.title AS title, u.scope AS scope, u.kind AS kind,
       coalesce(sum(t.informational), 0) + coalesce(sum(t.fail), 0) AS count
  FROM temp.report_rule u
  LEFT JOIN temp.report_tally t ON t.rule_no = u.rule_no
 WHERE u.kind NOT IN ('counted', 'cause')
 GROUP BY u.rule_no
 ORDER BY u.rule_no
