-- id: REC-01
-- title: recoveryOS is locked, and nobody has its password on record
-- scope: device
-- severity: high
-- uses: monthly migration
-- loses: recoveryos
-- facts: chip, os_version, recovery_lock, recovery_lock_known
-- why: The last way to repair the Mac without erasing it leads through
--      recoveryOS, and it is shut.
-- fix: R18
-- Both parts are three-valued.
SELECT device_id,
       chip = 'apple' AND os >= 110500                 AS applies,
       recovery_lock AND NOT recovery_lock_known       AS fails,
       CASE
         WHEN filevault_on AND any_token_admin IS NOT TRUE THEN 'critical'
       END                                             AS severity,
       CASE
         WHEN recovery_lock AND NOT recovery_lock_known
         THEN 'recoveryOS is locked, and its password is not on record'
         ELSE 'whether recoveryOS is locked with a password on record is not '
              || 'known'
       END                                             AS evidence
  FROM device_posture
