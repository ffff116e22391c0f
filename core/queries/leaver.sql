-- For each Mac on which somebody of leaver_name has an account: what is left
-- of token holders, FileVault users and token admins without them. "_mine" is
-- 2 where one of theirs certainly counts, 1 where one perhaps does; "_left"
-- counts others who certainly do and can still log in, "_open" those who
-- perhaps do.
WITH account AS (
  SELECT a.device_id, a.account,
         fold(a.account) IN (SELECT short FROM temp.leaver_name)
           OR (name_key(a.full_name) IN (SELECT name FROM temp.leaver_name))
              IS TRUE AS mine,
         a.disabled IS NOT TRUE
           AND a.person_status IS DISTINCT FROM 'departed' AS present,
         a.token_real AS token,
         a.filevault_user AS unlock,
         a.token_real AND a.admin AS token_admin
    FROM account_posture a
),
mac AS (
  SELECT device_id FROM account WHERE mine
),
total AS (
  SELECT device_id,
         group_concat(CASE WHEN mine THEN account END, ', ') AS accounts,
         max(CASE WHEN mine THEN CASE WHEN token THEN 2
             WHEN token IS NULL THEN 1 ELSE 0 END END) AS token_mine,
         count(*) FILTER (WHERE NOT mine AND present AND token) AS token_left,
         count(*) FILTER (WHERE NOT mine AND present AND token IS NULL)
           AS token_open,
         max(CASE WHEN mine THEN CASE WHEN unlock THEN 2
             WHEN unlock IS NULL THEN 1 ELSE 0 END END) AS unlock_mine,
         count(*) FILTER (WHERE NOT mine AND present AND unlock)
           AS unlock_left,
         count(*) FILTER (WHERE NOT mine AND present AND unlock IS NULL)
           AS unlock_open,
         max(CASE WHEN mine THEN CASE WHEN token_admin THEN 2
             WHEN token_admin IS NULL THEN 1 ELSE 0 END END) AS admin_mine,
         count(*) FILTER (WHERE NOT mine AND present AND token_admin)
           AS admin_left,
         count(*) FILTER (WHERE NOT mine AND present AND token_admin IS NULL)
           AS admin_open
    FROM account
   WHERE device_id IN (SELECT device_id FROM mac)
   GROUP BY device_id
)
SELECT c.name AS client, p.serial, p.name, t.accounts,
       t.token_mine, t.token_left,
       t.token_open + (p.accounts_listed IS NOT TRUE
                       AND p.holders_listed IS NOT TRUE) AS token_open,
       t.unlock_mine, t.unlock_left,
       t.unlock_open + (p.accounts_listed IS NOT TRUE) AS unlock_open,
       t.admin_mine, t.admin_left,
       t.admin_open + (p.accounts_listed IS NOT TRUE
                       AND p.holders_listed IS NOT TRUE) AS admin_open,
       p.filevault_on, p.bootstrap_state, p.bootstrap_expected,
       p.recovery_key_escrowed, p.last_checkin
  FROM total t
  JOIN device_posture p ON p.device_id = t.device_id
  JOIN client c ON c.client_id = p.client_id
 WHERE :client = '' OR fold(c.name) = fold(:client)
 ORDER BY c.name, p.serial
