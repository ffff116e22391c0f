-- id: ST-01
-- title: No secure token yet; the next login should bring it
-- scope: account
-- severity: medium
-- uses: monthly client migration
-- loses: unlock enable update
-- facts: os_version, secure_token,
--        bootstrap_escrowed_device|bootstrap_escrowed_server
-- why: Until then this person cannot unlock the disk at startup, turn FileVault
--      on, or install updates on Apple silicon.
-- fix: R2
-- needs_token has no unknown. Where the bootstrap token definitely cannot help,
-- as on every system before 10.15, ST-02 to ST-04 speak.
SELECT account_id,
       needs_token AND bootstrap_grants IS NOT FALSE   AS applies,
       NOT secure_token AND bootstrap_grants           AS fails,
       CASE
         WHEN secure_token IS NULL
         THEN 'whether ' || account || ' holds a secure token is not known'
         WHEN bootstrap_grants
         THEN account || ' holds no secure token; the stored bootstrap token '
              || 'should give one at the next login'
         ELSE account || ' holds no secure token; whether the next login '
              || 'brings one is not known'
       END                                             AS evidence
  FROM account_posture
