-- id: ST-03
-- title: No secure token, and only a standard user could give one
-- scope: account
-- severity: high
-- uses: monthly client migration
-- loses: unlock enable update
-- facts: os_version, secure_token,
--        bootstrap_escrowed_device|bootstrap_escrowed_server
-- why: This person cannot unlock the disk at startup, turn FileVault on, or
--      install updates on Apple silicon. The repair needs the help of the one
--      who holds a token, made administrator for a few minutes.
-- fix: R4
-- repair_path is never NULL.
SELECT account_id,
       needs_token AND os >= 101300                    AS applies,
       NOT secure_token
         AND NOT bootstrap_grants
         AND repair_path = 'B'                         AS fails,
       CASE WHEN needs_token_weak THEN 'medium' END    AS severity,
       CASE
         WHEN secure_token IS NULL
         THEN 'whether ' || account || ' holds a secure token is not known'
         WHEN bootstrap_grants IS NULL
         THEN account || ' holds no secure token; whether the next login '
              || 'brings one is not known'
         ELSE account || ' holds no secure token; only a standard user who '
              || 'holds one can be asked'
       END                                             AS evidence
  FROM account_posture
