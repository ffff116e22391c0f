-- What belongs to one client and must not be read by another.
SELECT r.client_id, d.serial, 'serial number'
  FROM main.device_result r
  JOIN main.device d ON d.device_id = r.device_id
 WHERE r.period_id = :period_id
UNION ALL
SELECT r.client_id, t.name, 'device name'
  FROM main.device_result r
  JOIN main.device_text t ON t.device_id = r.device_id
 WHERE r.period_id = :period_id AND t.name IS NOT NULL
UNION ALL
SELECT r.client_id, t.assigned_user, 'person'
  FROM main.device_result r
  JOIN main.device_text t ON t.device_id = r.device_id
 WHERE r.period_id = :period_id AND t.assigned_user IS NOT NULL
UNION ALL
SELECT r.client_id, t.assigned_email, 'address'
  FROM main.device_result r
  JOIN main.device_text t ON t.device_id = r.device_id
 WHERE r.period_id = :period_id AND t.assigned_email IS NOT NULL
UNION ALL
SELECT r.client_id, a.account, 'account'
  FROM main.device_result r
  JOIN main.account_fact a ON a.device_id = r.device_id
 WHERE r.period_id = :period_id AND a.kind IS DISTINCT FROM 'system'
UNION ALL
SELECT r.client_id, a.full_name, 'person'
  FROM main.device_result r
  JOIN main.account_fact a ON a.device_id = r.device_id
 WHERE r.period_id = :period_id AND a.full_name IS NOT NULL
   AND a.kind IS DISTINCT FROM 'system'
UNION ALL
SELECT client_id, name, 'client'
  FROM main.client
