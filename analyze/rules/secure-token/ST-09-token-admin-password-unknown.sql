-- id: ST-09
-- title: An administrator holds a secure token; IT does not know the password
-- scope: device
-- severity: medium
-- uses: monthly client migration
-- loses: grant
-- facts: secure_token, admin, password_known_by
-- why: The tempting way out, a reset of that password from the server, may
--      break a good token and make everything worse. Ask, or look in the vault.
-- fix: R0 R1 R2 R4 R5 R14
-- Who knows a password only a person can say: unknown is the usual case.
SELECT device_id,
       any_token_admin                                 AS applies,
       NOT any_token_admin_known                       AS fails,
       CASE WHEN NOT bootstrap_expected THEN 'high' END
                                                       AS severity,
       CASE
         WHEN any_token_admin IS NULL
         THEN 'whether an administrator holds a token is not known'
         WHEN NOT any_token_admin_known
         THEN 'IT knows no password of ' || token_admin_names || '; do not '
              || 'reset it from the server, that may break a good token'
         ELSE 'who knows the password of an administrator with a token is not '
              || 'known; do not reset it from the server'
       END                                             AS evidence,
       CASE
         WHEN bootstrap_expected THEN 'R2'
         WHEN repair_path = 'A' THEN 'R1'
         WHEN repair_path = 'B' THEN 'R4'
         WHEN repair_path = 'D' THEN 'R5'
         WHEN repair_path = 'E' AND NOT bootstrap_expected THEN 'R14'
       END                                             AS remedy
  FROM device_posture
