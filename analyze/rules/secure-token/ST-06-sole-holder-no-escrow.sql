-- id: ST-06
-- title: Only one account holds a secure token; no bootstrap token is stored
-- scope: device
-- severity: high
-- uses: monthly client migration
-- loses: auto
-- facts: os_version, secure_token,
--        bootstrap_escrowed_device|bootstrap_escrowed_server
-- why: One forgotten password, one reset by the server or one person leaving,
--      and nobody can open the disk or repair the Mac. Do not reset this
--      password.
-- fix: R0 R1 R4 R5 R14
-- core: yes
-- Both parts are three-valued; either may be definitely no.
SELECT device_id,
       os >= 101300                                    AS applies,
       sole_holder AND NOT bootstrap_expected          AS fails,
       CASE WHEN filevault_on THEN 'critical' END      AS severity,
       CASE
         WHEN sole_holder IS NULL
         THEN 'how many accounts hold a token is not known'
         WHEN bootstrap_expected IS NULL
         THEN 'only ' || holder_names || ' holds a token, and whether a '
              || 'bootstrap token is stored is not known'
         ELSE 'only ' || holder_names || ' holds a token; do not reset this '
              || 'password'
              || coalesce('; no bootstrap token is said to be stored, but '
                          || bootstrap_unsure, '')
       END                                             AS evidence,
       CASE repair_path
         WHEN 'A' THEN 'R1'
         WHEN 'B' THEN 'R4'
         WHEN 'D' THEN 'R5'
         WHEN 'E' THEN 'R14'
         ELSE 'R0'
       END                                             AS remedy
  FROM device_posture
