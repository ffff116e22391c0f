-- What belongs to one client and must not be read by another.
SELECT r.client_id, d.serial, 'serial number'
  FROM device_result r
  JOIN device d ON d.device_id = r.device_id
 WHERE r.period_id = :period_id
UNION ALL
SELECT r.client_id, t.name, 'device name'
  FROM device_result r
  JOIN device_text t ON t.device_id = r.device_id
 WHERE r.period_id = :period_id AND t.name IS NOT NULL
UNION ALL
SELECT r.client_id, t.assigned_user, 'person'
  FROM device_result r
  JOIN device_text t ON t.device_id = r.device_id
 WHERE r.period_id = :period_id AND t.assigned_user IS NOT NULL
UNION ALL
SELECT r.client_id, t.assigned_email, 'address'
  FROM device_result r
  JOIN device_text t ON t.device_id = r.device_id
 WHERE r.period_id = :period_id AND t.assigned_email IS NOT NULL
UNION ALL
SELECT r.client_id, a.account, 'account'
  FROM device_result r
  JOIN account_fact a ON a.device_id = r.device_id
 WHERE r.period_id = :period_id AND a.kind IS DISTINCT FROM 'system'
UNION ALL
SELECT r.client_id, a.full_name, 'person'
  FROM device_result r
  JOIN account_fact a ON a.device_id = r.device_id
 WHERE r.period_id = :period_id AND a.full_name IS NOT NULL
   AND a.kind IS DISTINCT FROM 'system'
UNION ALL
SELECT client_id, name, 'client'
  FROM client
