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
-- fix: R2 R5 R19 R14
-- repair_path is never NULL. macOS 10.15 gives a token to few kinds of accounts;
-- where one is stored, the next system gives one to all.
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
         WHEN bootstrap_expected
         THEN account || ' holds no secure token, and on this macOS the stored '
              || 'bootstrap token gives this account none'
         WHEN repair_path = 'D'
         THEN account || ' holds no secure token, and only recoveryOS can '
              || 'bring one'
         ELSE account || ' holds no secure token, and no way but an erase '
              || 'is left'
       END                                             AS evidence,
       CASE
         WHEN secure_token IS NULL OR bootstrap_grants IS NULL THEN 'R2'
         WHEN repair_path = 'D' THEN 'R5'
         WHEN NOT bootstrap_expected THEN 'R14'
         ELSE 'R19'
       END                                             AS remedy
  FROM account_posture
