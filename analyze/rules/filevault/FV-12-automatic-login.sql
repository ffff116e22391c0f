-- id: FV-12
-- title: The Mac logs in by itself
-- scope: device
-- severity: medium
-- unknown: low
-- uses: monthly client
-- loses:
-- facts: auto_login
-- why: Whoever starts the Mac is logged in as its user, without a password.
-- fix: R21
-- ref: mSCP system_settings_automatic_login_disable,
--      os_filevault_autologin_disable; CIS 2.13.3 (macOS 15, 26), 2.12.3 (macOS
--      14)
-- FileVault not known leaves the lower severity.
SELECT device_id,
       TRUE                                            AS applies,
       auto_login                                      AS fails,
       CASE WHEN NOT filevault_on THEN 'high' END      AS severity,
       CASE
         WHEN auto_login IS NULL
         THEN 'whether automatic login is on is not known'
         WHEN NOT filevault_on
         THEN 'automatic login is on, and FileVault is off'
         ELSE 'automatic login is on'
       END                                             AS evidence
  FROM device_posture
