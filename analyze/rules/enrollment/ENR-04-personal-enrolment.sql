-- id: ENR-04
-- title: A personal Mac with user enrolment
-- scope: device
-- severity: info
-- kind: report-only
-- uses: monthly
-- loses:
-- facts: mdm_enrolled, enrollment_type
-- why: The server may not see tokens or keys of a personal Mac, so the rules
--      about them do not apply.
-- fix:
-- Unknown is neither.
SELECT device_id,
       mdm_enrolled                                    AS applies,
       enrollment_type = 'user'                        AS fails,
       CASE
         WHEN enrollment_type IS NULL
         THEN 'how the Mac was enrolled is not known'
         ELSE 'the Mac has a personal enrolment'
       END                                             AS evidence
  FROM device_posture
