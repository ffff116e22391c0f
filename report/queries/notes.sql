-- Rules that stand outside every rate, and on how much they have something to
-- say.
SELECT u.id AS rule, u.title AS title, u.scope AS scope, u.kind AS kind,
       coalesce(sum(t.count) FILTER (WHERE t.result IN
                ('informational', 'fail')), 0) AS count
  FROM temp.report_rule u
  LEFT JOIN tally t ON t.period_id = :period_id AND t.rule_no = u.rule_no
       AND t.client_id BETWEEN :client_low AND :client_high
 WHERE u.kind NOT IN ('counted', 'cause')
 GROUP BY u.rule_no
 ORDER BY u.rule_no
