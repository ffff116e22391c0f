-- id: BT-06
-- title: The server may not use the bootstrap token for updates and extensions
-- scope: device
-- severity: medium
-- uses: monthly migration
-- loses: updates-by-server kexts
-- facts: mdm_enrolled, chip, os_version, bootstrap_auth
-- why: Updates started by the server stop at a password prompt, and kernel
--      extensions cannot be allowed from afar. Typical of a Mac enrolled by
--      hand.
-- fix: R10
-- "Allowed" is about authentication alone, never about being stored.
SELECT device_id,
       mdm_enrolled
         AND enrollment_type IS DISTINCT FROM 'user'
         AND chip = 'apple'
         AND os >= 110000
         AND bootstrap_auth IS DISTINCT FROM 'not_supported' AS applies,
       bootstrap_auth = 'disallowed'                   AS fails,
       CASE WHEN needs_kext THEN 'high' END            AS severity,
       CASE
         WHEN bootstrap_auth IS NULL
         THEN 'it is not known whether the Mac allows it'
         WHEN needs_kext
         THEN 'the Mac does not allow it, and it needs a kernel extension'
         ELSE 'the Mac does not allow it'
       END                                             AS evidence
  FROM device_posture
