-- Whose result it is, with what the facts of the period say of the Mac.
SELECT c.name, coalesce(t.name, ''), coalesce(f.row_id, 0)
  FROM device_result d
  JOIN client c ON c.client_id = d.client_id
  LEFT JOIN device_fact f ON f.device_id = d.device_id
  LEFT JOIN device_text t ON t.device_id = d.device_id
 WHERE d.period_id = :period_id AND d.device_id = :device_id
