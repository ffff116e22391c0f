-- id: FV-01
-- title: FileVault is off
-- scope: device
-- severity: high
-- uses: monthly client migration
-- loses:
-- facts: filevault
-- why: Whoever has the Mac in hand can read its data.
-- fix: R15
-- core: yes
-- ref: mSCP system_settings_filevault_enforce; CIS 2.6.6
-- Reads the word itself: decrypting is on its way to off, encrypting to on.
SELECT device_id,
       TRUE                                            AS applies,
       filevault IN ('off', 'decrypting', 'deferred')  AS fails,
       CASE filevault
         WHEN 'off' THEN 'FileVault is off'
         WHEN 'decrypting' THEN 'FileVault is being turned off'
         WHEN 'deferred' THEN 'FileVault is set to start at a login, and has '
                              || 'not started'
         ELSE 'whether FileVault is on is not known'
       END                                             AS evidence
  FROM device_posture
