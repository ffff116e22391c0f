-- id: ENR-02
-- title: The enrolment is not approved, or the Mac is not supervised
-- scope: device
-- severity: high
-- uses: monthly migration
-- loses: auto updates-by-server erase settings
-- facts: mdm_enrolled, user_approved, supervised
-- why: Important settings may be refused, and the bootstrap token cannot be
--      used.
-- fix: R16
-- From macOS 11 approval brings supervision; before, only approval counts.
SELECT device_id,
       mdm_enrolled
         AND enrollment_type IS DISTINCT FROM 'user'   AS applies,
       NOT user_approved
         OR (os >= 110000 AND NOT supervised)          AS fails,
       CASE
         WHEN NOT user_approved
         THEN 'nobody has approved the enrolment at the Mac'
         WHEN os >= 110000 AND NOT supervised
         THEN 'the Mac is not supervised'
         ELSE 'whether the enrolment is approved and supervised is not known'
       END                                             AS evidence
  FROM device_posture
