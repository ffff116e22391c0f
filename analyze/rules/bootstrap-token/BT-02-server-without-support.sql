-- id: BT-02
-- title: The management server does not offer bootstrap tokens to this Mac
-- scope: device
-- severity: medium
-- uses: monthly client migration
-- loses: auto updates-by-server erase settings kexts psso
-- facts: mdm_enrolled, os_version, bootstrap_supported
-- why: One setting of the server decides this for many Macs. Until it is put
--      right no token can be stored, whatever is done at the Mac.
-- fix: R9
-- Only what the Mac itself reports of its server counts here. A Mac that is not
-- supervised may say the same, so ENR-02 comes first where both fail.
SELECT device_id,
       mdm_enrolled
         AND enrollment_type IS DISTINCT FROM 'user'
         AND os >= 101500                              AS applies,
       NOT bootstrap_supported                         AS fails,
       CASE WHEN chip IS NOT DISTINCT FROM 'apple' THEN 'high' END
                                                       AS severity,
       CASE
         WHEN NOT bootstrap_supported AND NOT supervised
         THEN 'the Mac says that its server does not support bootstrap tokens; '
              || 'that it is not supervised may be the reason'
         WHEN NOT bootstrap_supported
         THEN 'the Mac says that its server does not support bootstrap tokens'
         ELSE 'it is not known whether the server supports bootstrap tokens'
       END                                             AS evidence
  FROM device_posture
