-- Account names on at least half of a client's Macs (three or more), of which
-- no row says what they are for on all of them.
WITH account AS (
  SELECT d.client_id, fold(a.account) AS name, a.device_id, a.role, a.admin,
         a.secure_token, a.hidden, a.last_login, a.password_known_by
    FROM account_fact a
    JOIN device_fact d ON d.device_id = a.device_id
   WHERE a.kind IS DISTINCT FROM 'system'
),
fleet AS (
  SELECT client_id, count(DISTINCT device_id) AS macs
    FROM account
   GROUP BY client_id
)
SELECT c.name, a.name, f.macs,
       count(*) AS seen,
       count(*) FILTER (WHERE a.admin) AS admins,
       count(*) FILTER (WHERE a.secure_token) AS tokens,
       count(*) FILTER (WHERE a.hidden) AS hidden,
       count(*) FILTER (WHERE a.last_login > 0) AS logins,
       count(*) FILTER (WHERE a.last_login = 0) AS never,
       count(a.role) AS roles,
       count(*) FILTER (WHERE a.password_known_by IN ('admin', 'both'))
         AS known
  FROM account a
  JOIN fleet f ON f.client_id = a.client_id
  JOIN client c ON c.client_id = a.client_id
 WHERE :client = '' OR fold(c.name) = fold(:client)
 GROUP BY c.name, a.name
HAVING count(*) >= 3 AND 2 * count(*) >= f.macs AND count(a.role) < count(*)
 ORDER BY c.name, seen DESC, a.name
