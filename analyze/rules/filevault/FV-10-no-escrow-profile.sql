-- id: FV-10
-- title: The Mac is not told where to send a new recovery key
-- scope: device
-- severity: high
-- uses: monthly migration
-- loses:
-- facts: filevault, mdm_enrolled, escrow_profile
-- why: The next recovery key will go nowhere, and the one in store will not
--      open the disk.
-- fix: R8
-- All three parts are three-valued.
SELECT device_id,
       filevault_on
         AND mdm_enrolled
         AND enrollment_type IS DISTINCT FROM 'user'   AS applies,
       NOT escrow_profile                              AS fails,
       CASE
         WHEN escrow_profile IS NULL
         THEN 'whether the escrow profile is installed is not known'
         ELSE 'the escrow profile of the server is not installed'
       END                                             AS evidence
  FROM device_posture
