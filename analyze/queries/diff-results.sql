-- The results of Macs that are in both periods.
SELECT a.results, b.results
  FROM diff_mac m
  JOIN device_result a ON a.period_id = :from AND a.device_id = m.device_id
  JOIN device_result b ON b.period_id = :to AND b.device_id = m.device_id
 WHERE m.later
