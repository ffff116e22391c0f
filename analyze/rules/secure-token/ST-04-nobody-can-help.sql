-- id: ST-04
-- title: No secure token, and nobody on the Mac can give one
-- scope: account
-- severity: high
-- uses: monthly client migration
-- loses: unlock enable update grant auto erase
-- facts: os_version, secure_token,
--        bootstrap_escrowed_device|bootstrap_escrowed_server
-- why: Only recoveryOS, with someone at the Mac, can repair this; or an erase.
--      An administrator whose password nobody knows does not count, and must
--      not be reset to get in.
-- fix: R5 R14
-- repair_path is never NULL.
SELECT account_id,
       needs_token AND os >= 101300                    AS applies,
       NOT secure_token
         AND NOT bootstrap_grants
         AND repair_path IN ('D', 'E')                 AS fails,
       CASE
         WHEN needs_token_weak THEN 'medium'
         WHEN filevault_on THEN 'critical'
       END                                             AS severity,
       CASE
         WHEN secure_token IS NULL
         THEN 'whether ' || account || ' holds a secure token is not known'
         WHEN bootstrap_grants IS NULL
         THEN account || ' holds no secure token; whether the next login '
              || 'brings one is not known'
         WHEN repair_path = 'D'
         THEN account || ' holds no secure token, and only recoveryOS can '
              || 'bring one'
         ELSE account || ' holds no secure token, and no way but an erase '
              || 'is left'
       END                                             AS evidence,
       CASE WHEN repair_path = 'E' THEN 'R14' END      AS remedy
  FROM account_posture
