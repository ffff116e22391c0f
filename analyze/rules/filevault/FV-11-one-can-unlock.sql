-- id: FV-11
-- title: At most one account can unlock FileVault
-- scope: device
-- severity: info
-- unknown: low
-- uses: monthly client migration
-- loses:
-- facts: filevault, filevault_user
-- why: Everything depends on one person and one password.
-- fix: R2 R3 R4 R8
-- few_unlockers is unknown where the accounts are not all known.
SELECT device_id,
       filevault_on                                    AS applies,
       few_unlockers                                   AS fails,
       CASE
         WHEN NOT bootstrap_expected AND NOT recovery_key_escrowed
         THEN 'critical'
         WHEN NOT bootstrap_expected THEN 'high'
       END                                             AS severity,
       CASE
         WHEN few_unlockers IS NULL
         THEN 'how many accounts can unlock the disk is not known'
         WHEN unlockers_max = 0
         THEN 'no account is known to unlock the disk'
         ELSE 'one account at most can unlock the disk'
       END                                             AS evidence,
       CASE
         WHEN few_unlockers IS NULL
           OR bootstrap_expected IS NOT FALSE THEN 'R2'
         WHEN repair_path = 'A' THEN 'R3'
         WHEN repair_path = 'B' THEN 'R4'
         ELSE 'R8'
       END                                             AS remedy
  FROM device_posture
