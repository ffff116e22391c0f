-- Whether a check of Macs that have moved, or should have, applies to any.
SELECT CASE WHEN count(*) > 0 THEN 1 END AS any_moved
  FROM temp.report_rule u
  CROSS JOIN tally t ON t.period_id = :period_id AND t.rule_no = u.rule_no
                    AND (:client_id = 0 OR t.client_id = :client_id)
                    AND t.result <> 'notapplicable'
 WHERE u.id IN ('MIG-11', 'MIG-12', 'MIG-13')
