-- Rules that the settings in force want measured, and that were not on some
-- Macs (or accounts), for the last lines of a run.
SELECT r.id, r.scope, sum(t.count)
  FROM tally t
  CROSS JOIN rule r ON r.period_id = t.period_id AND r.rule_no = t.rule_no
  CROSS JOIN client c ON c.client_id = t.client_id
  CROSS JOIN run n ON n.period_id = t.period_id
 WHERE t.period_id = :period_id
   AND t.result IN ('notchecked', 'error')
   AND EXISTS (SELECT 1
                 FROM json_each(coalesce(
                        (SELECT json_extract(k.value, '$.required')
                           FROM json_each(n.policy, '$.clients') k
                          WHERE fold(k.key) = fold(c.name)),
                        json_extract(n.policy, '$.general.required'),
                        '[]')) w
                WHERE r.id GLOB w.value)
 GROUP BY r.rule_no
 ORDER BY r.rule_no
