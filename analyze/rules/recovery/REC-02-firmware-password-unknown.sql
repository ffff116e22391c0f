-- id: REC-02
-- title: A firmware password is set, and nobody has it on record
-- scope: device
-- severity: high
-- uses: monthly migration
-- loses: recoveryos
-- facts: chip, os_version, firmware_password, firmware_password_known
-- why: The repair system of the Mac is shut, and only Apple can open it,
--      against a proof of purchase.
-- fix: R18
-- ref: mSCP os_firmware_password_require
-- Both parts are three-valued. T2 Macs are Intel Macs in this respect.
SELECT device_id,
       chip IN ('intel', 't2') AND os >= 101300        AS applies,
       firmware_password AND NOT firmware_password_known AS fails,
       CASE
         WHEN firmware_password AND NOT firmware_password_known
         THEN 'a firmware password is set and not on record'
         ELSE 'whether a firmware password is set and on record is not known'
       END                                             AS evidence
  FROM device_posture
