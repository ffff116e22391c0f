-- id: FV-13
-- title: The recovery key may be in a private Apple Account only
-- scope: device
-- severity: medium
-- uses: monthly
-- loses: rescue
-- facts: os_version, filevault, recovery_key_escrowed, icloud_recovery
-- why: The organisation cannot open the disk; one person perhaps can.
-- fix: R8
-- macOS 26 may turn FileVault on by itself when an Apple Account signs in.
SELECT device_id,
       os >= 260000 AND filevault_on                   AS applies,
       NOT recovery_key_escrowed AND icloud_recovery   AS fails,
       CASE
         WHEN NOT recovery_key_escrowed AND icloud_recovery
         THEN 'the server holds no recovery key, and an Apple Account can '
              || 'recover the disk'
         ELSE 'whether only an Apple Account can recover the disk is not known'
       END                                             AS evidence
  FROM device_posture
