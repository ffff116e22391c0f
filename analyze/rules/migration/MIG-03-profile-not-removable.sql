-- id: MIG-03
-- title: Perhaps only the old server can release the Mac
-- scope: device
-- severity: medium
-- uses: migration
-- loses:
-- facts: mdm_removable
-- why: The old server, and its push certificate, must be kept alive until this
--      Mac has moved.
-- fix: R13
-- A route that is not set is judged as if it were the classic one.
SELECT device_id,
       COALESCE(p_route, 'classic') = 'classic'        AS applies,
       NOT mdm_removable                               AS fails,
       CASE
         WHEN mdm_removable IS NULL
         THEN 'whether a user can remove the enrolment is not known'
         ELSE 'no user can remove the enrolment'
       END                                             AS evidence
  FROM device_posture
