-- id: ST-07
-- title: Only one account holds a secure token; a bootstrap token is stored
-- scope: device
-- severity: info
-- uses: monthly
-- loses:
-- facts: os_version, secure_token,
--        bootstrap_escrowed_device|bootstrap_escrowed_server
-- why: All is well as long as the order is kept: after a password reset this
--      person must log in at the ordinary window before the Mac restarts.
-- fix: R2
-- Both parts are three-valued; either may be definitely no.
SELECT device_id,
       os >= 101300                                    AS applies,
       sole_holder AND bootstrap_expected              AS fails,
       CASE
         WHEN sole_holder IS NULL
         THEN 'how many accounts hold a token is not known'
         WHEN bootstrap_expected IS NULL
         THEN 'only ' || holder_names || ' holds a token, and whether a '
              || 'bootstrap token is stored is not known'
         ELSE 'only ' || holder_names || ' holds a token; after a reset, log '
              || 'in before any restart'
       END                                             AS evidence
  FROM device_posture
