-- id: FV-02
-- title: FileVault is on, and the recovery key is not with the server
-- scope: device
-- severity: high
-- uses: monthly client migration
-- loses: rescue
-- facts: filevault, recovery_key_escrowed
-- why: If nobody who can unlock the disk is at hand, the Mac has to be erased
--      and its data is lost.
-- fix: R8 R14
-- core: yes
-- A key that the server holds exists, whether or not the Mac was asked for it.
SELECT device_id,
       filevault_on
         AND enrollment_type IS DISTINCT FROM 'user'   AS applies,
       NOT recovery_key_escrowed
         OR NOT CASE
                  WHEN recovery_key_escrowed
                  THEN recovery_key_present IS NOT FALSE
                  ELSE recovery_key_present
                END                                    AS fails,
       CASE
         WHEN sole_holder OR NOT any_holder THEN 'critical'
       END                                             AS severity,
       CASE
         WHEN NOT recovery_key_present
         THEN 'the Mac has no personal recovery key'
         WHEN recovery_key_escrowed IS NULL
         THEN 'whether the server holds the recovery key is not known'
         WHEN sole_holder
         THEN 'the server holds no recovery key, and only ' || holder_names
              || ' can open the disk'
         ELSE 'the server holds no recovery key of this Mac'
       END                                             AS evidence,
       CASE
         WHEN repair_path = 'E' AND NOT bootstrap_expected THEN 'R14'
         ELSE 'R8'
       END                                             AS remedy
  FROM device_posture
