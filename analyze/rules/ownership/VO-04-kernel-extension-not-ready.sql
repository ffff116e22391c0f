-- id: VO-04
-- title: A kernel extension is wanted, and the Mac will not load it
-- scope: device
-- severity: medium
-- uses: monthly
-- loses: kexts
-- facts: chip, os_version, secure_boot, bootstrap_auth,
--        bootstrap_escrowed_device|bootstrap_escrowed_server
-- why: The software that needs the extension does not work until somebody
--      changes startup security at the Mac.
-- fix: R10 R1 R4 R5 R9 R14 R16
-- One of the three hindrances is enough; the others may be unknown.
SELECT device_id,
       chip = 'apple' AND os >= 110000 AND needs_kext  AS applies,
       secure_boot = 'full'
         OR bootstrap_auth = 'disallowed'
         OR NOT bootstrap_expected                     AS fails,
       CASE
         WHEN secure_boot = 'full'
         THEN 'startup security is full, which allows no kernel extension'
         WHEN bootstrap_auth = 'disallowed'
         THEN 'the server may not allow kernel extensions on this Mac'
         WHEN NOT bootstrap_expected
         THEN 'no bootstrap token is stored to allow the extension with'
         ELSE 'whether the Mac will load the extension is not known'
       END                                             AS evidence,
       -- Where only a bootstrap token lacks, it is stored as BT-01 says.
       CASE
         WHEN secure_boot = 'full' OR bootstrap_auth = 'disallowed' THEN 'R10'
         WHEN NOT bootstrap_expected
         THEN CASE
                WHEN NOT mdm_enrolled THEN 'R16'
                WHEN bootstrap_state = 'unsupported' THEN 'R9'
                WHEN repair_path = 'B' THEN 'R4'
                WHEN repair_path = 'D' THEN 'R5'
                WHEN repair_path = 'E' THEN 'R14'
                ELSE 'R1'
              END
       END                                             AS remedy
  FROM device_posture
