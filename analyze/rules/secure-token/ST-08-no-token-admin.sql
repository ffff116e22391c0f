-- id: ST-08
-- title: No administrator holds a secure token
-- scope: device
-- severity: high
-- uses: monthly migration
-- loses: grant
-- facts: secure_token, admin
-- why: Nobody can give a token to another account or store the bootstrap token
--      by hand. With a bootstrap token in store this may be on purpose.
-- fix: R4 R2
-- any_holder is unknown where the accounts are not all known.
SELECT device_id,
       any_holder                                      AS applies,
       NOT any_token_admin                             AS fails,
       CASE WHEN bootstrap_expected THEN 'info' END    AS severity,
       CASE
         WHEN NOT any_token_admin
         THEN 'no administrator is among those who hold a token: '
              || holder_names
         ELSE 'whether an administrator holds a token is not known'
       END                                             AS evidence,
       CASE WHEN bootstrap_expected THEN 'R2' END      AS remedy
  FROM device_posture
