-- Required rules that were not measured on some Macs (or accounts), for the
-- last lines of a run.
SELECT q.id, q.scope, sum(t.count)
  FROM tally t
  CROSS JOIN temp.required_rule q ON q.period_id = t.period_id
                                 AND q.rule_no = t.rule_no
                                 AND q.client_id = t.client_id
 WHERE t.period_id = :period_id
   AND t.result IN ('notchecked', 'error')
 GROUP BY q.rule_no
 ORDER BY q.rule_no
