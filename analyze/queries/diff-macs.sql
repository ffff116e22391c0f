INSERT INTO diff_mac
SELECT device_id, period_id = :to, client_id
  FROM device_result
 WHERE period_id IN (:from, :to)
   AND (:client_id = 0 OR client_id = :client_id)
