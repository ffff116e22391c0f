-- id: MIG-08
-- title: The password of recoveryOS must be on record before the move
-- scope: device
-- severity: high
-- uses: migration
-- loses:
-- facts: chip, recovery_lock|firmware_password,
--        recovery_lock_known|firmware_password_known
-- why: After the move the old server may no longer give it out, and recoveryOS
--      stays shut.
-- fix: R18
-- Which password it is depends on the chip; an unknown chip leaves it open.
SELECT device_id,
       TRUE                                            AS applies,
       CASE
         WHEN chip = 'apple' THEN recovery_lock AND NOT recovery_lock_known
         WHEN chip IN ('intel', 't2')
         THEN firmware_password AND NOT firmware_password_known
       END                                             AS fails,
       CASE
         WHEN chip = 'apple' AND recovery_lock AND NOT recovery_lock_known
         THEN 'recoveryOS is locked, and the password is not on record'
         WHEN chip IN ('intel', 't2')
          AND firmware_password AND NOT firmware_password_known
         THEN 'a firmware password is set and not on record'
         ELSE 'whether recoveryOS is locked with a password on record is not '
              || 'known'
       END                                             AS evidence
  FROM device_posture
