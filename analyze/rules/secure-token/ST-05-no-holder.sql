-- id: ST-05
-- title: No account on the Mac holds a secure token
-- scope: device
-- severity: high
-- uses: monthly client migration
-- loses: unlock enable update grant boot-policy
-- facts: os_version, secure_token
-- why: Nobody can turn FileVault on or give a token to anyone, and on Apple
--      silicon nobody can install updates.
-- fix: R2 R5 R14
-- core: yes
-- any_token is "no" only where the accounts, or the holders, are all known.
SELECT device_id,
       os >= 101300                                    AS applies,
       NOT any_token                                   AS fails,
       CASE
         WHEN chip IS NOT DISTINCT FROM 'apple' AND any_login_known
         THEN 'critical'
       END                                             AS severity,
       CASE
         WHEN any_token IS NULL
         THEN 'whether an account holds a token is not known'
         WHEN bootstrap_expected
         THEN 'no account holds a token; the stored bootstrap token should '
              || 'give one at the next login'
         ELSE 'no account holds a token'
       END                                             AS evidence,
       CASE
         WHEN any_token IS NULL OR bootstrap_expected THEN 'R2'
         WHEN repair_path = 'E'
         THEN CASE WHEN NOT bootstrap_expected THEN 'R14' ELSE 'R2' END
         ELSE 'R5'
       END                                             AS remedy
  FROM device_posture
