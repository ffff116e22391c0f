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
-- what sources disagree on is no fact, and a name all the same
SELECT r.client_id, c.value,
       CASE c.fact WHEN 'name' THEN 'device name'
                   WHEN 'assigned_email' THEN 'address' ELSE 'person' END
  FROM main.conflict c
  JOIN main.device_result r ON r.period_id = c.period_id
                           AND r.device_id = c.device_id
 WHERE c.period_id = :period_id
   AND c.fact IN ('name', 'full_name', 'assigned_user', 'assigned_email',
                  'enrolled_by')
UNION ALL
-- A Mac that was the client's in the period before is in its changes; whose it
-- is now, they do not say.
SELECT r.client_id, d.serial, 'serial number'
  FROM main.device_result r
  JOIN main.device d ON d.device_id = r.device_id
 WHERE r.period_id = :before_id
UNION ALL
SELECT DISTINCT f.client_id, f.account, 'account'
  FROM main.finding f
 WHERE f.period_id = :before_id AND f.account <> ''
UNION ALL
SELECT client_id, name, 'client'
  FROM main.client
