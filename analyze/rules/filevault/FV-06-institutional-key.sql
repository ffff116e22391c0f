-- id: FV-06
-- title: FileVault can be opened with one key for many Macs
-- scope: device
-- severity: medium
-- uses: monthly migration
-- loses:
-- facts: filevault, institutional_key
-- why: One certificate opens many disks, and on Apple silicon it opens none.
-- fix: R8
-- recovery_key_present and chip only raise the severity.
SELECT device_id,
       filevault_on                                    AS applies,
       institutional_key                               AS fails,
       CASE
         WHEN chip IS NOT DISTINCT FROM 'apple' OR NOT recovery_key_present
         THEN 'high'
       END                                             AS severity,
       CASE
         WHEN institutional_key IS NULL
         THEN 'whether an institutional key is installed is not known'
         WHEN NOT recovery_key_present
         THEN 'an institutional key is the only recovery key'
         ELSE 'an institutional key is installed'
       END                                             AS evidence
  FROM device_posture
