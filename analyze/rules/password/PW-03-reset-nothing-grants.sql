-- id: PW-03
-- title: Password reset, and nothing gives the secure token back
-- scope: account
-- severity: high
-- uses: monthly client migration
-- loses: unlock update
-- facts: password_reset_by, secure_token,
--        bootstrap_escrowed_device|bootstrap_escrowed_server
-- why: The reset has cost, or may have cost, this person the token, and no
--      bootstrap token is there to give it back at login.
-- fix: R3 R6 R2 R19 R5 R14
-- A token that is listed but not certainly real counts as lost here.
SELECT account_id,
       reset_known
         AND password_reset_by IN ('mdm', 'laps')      AS applies,
       NOT bootstrap_grants
         AND (NOT secure_token
              OR (secure_token AND token_real IS NOT TRUE)) AS fails,
       CASE
         WHEN filevault_on AND NOT other_usable_yes THEN 'critical'
       END                                             AS severity,
       CASE
         WHEN bootstrap_grants IS NULL OR secure_token IS NULL
           OR password_reset_by IS NULL
         THEN 'whether ' || account || ' kept the token is not known'
         WHEN NOT secure_token
         THEN account || ' was reset and holds no token; nothing gives it back '
              || 'at login'
         ELSE account || ' was reset; the token is shown but may not work, and '
              || 'nothing gives it back at login'
       END                                             AS evidence,
       CASE
         WHEN other_admin_usable THEN 'R3'
         WHEN former_password_known THEN 'R6'
         WHEN repair_path = 'E' AND NOT bootstrap_expected THEN 'R14'
         WHEN repair_path = 'E' AND NOT bootstrap_grants THEN 'R19'
         WHEN NOT bootstrap_grants AND secure_token IS NOT NULL THEN 'R5'
         ELSE 'R2'
       END                                             AS remedy
  FROM account_posture
