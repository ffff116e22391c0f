-- Whose result it is, for a period whose facts are gone.
SELECT c.name, '', 0
  FROM device_result d
  JOIN client c ON c.client_id = d.client_id
 WHERE d.period_id = :period_id AND d.device_id = :device_id
