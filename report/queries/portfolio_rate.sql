-- What the checks of each client gave, to be summed up over all of them.
SELECT c.name AS client,
       coalesce(sum(t.count) FILTER (WHERE t.result = 'pass'), 0) AS pass,
       coalesce(sum(t.count) FILTER (WHERE t.result = 'fail'), 0) AS fail,
       coalesce(sum(t.count) FILTER (WHERE t.result IN
           ('unknown', 'stale', 'notchecked', 'error')), 0) AS open
  FROM tally t
  JOIN temp.report_rule u ON u.rule_no = t.rule_no AND u.counted
  JOIN client c ON c.client_id = t.client_id
 WHERE t.period_id = :period_id
 GROUP BY t.client_id
 ORDER BY c.name
