-- id: ENR-03
-- title: Enrolled by hand, not by automated enrolment
-- scope: device
-- severity: low
-- uses: monthly migration
-- loses:
-- facts: mdm_enrolled, enrollment_type
-- why: The enrolment may be removed by an administrator of the Mac, and some
--      rights of the server need an extra step in recoveryOS.
-- fix: R16
-- Unknown is neither.
SELECT device_id,
       mdm_enrolled                                    AS applies,
       enrollment_type = 'manual'                      AS fails,
       CASE
         WHEN enrollment_type IS NULL
         THEN 'how the Mac was enrolled is not known'
         ELSE 'the Mac was enrolled by hand'
       END                                             AS evidence
  FROM device_posture
