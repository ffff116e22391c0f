-- id: ENR-05
-- title: The Mac has not reported for a while
-- scope: device
-- severity: low
-- uses: monthly client migration
-- loses:
-- facts: last_checkin
-- why: What is known of this Mac may no longer be true, and commands do not
--      reach it.
-- fix: R17
-- A Mac of which the enrolment is not known is judged too.
SELECT device_id,
       mdm_enrolled IS NOT FALSE                       AS applies,
       last_checkin < as_of - 86400 * p_checkin_low_days AS fails,
       CASE
         WHEN last_checkin < as_of - 86400 * p_checkin_high_days THEN 'high'
         WHEN last_checkin < as_of - 86400 * p_checkin_medium_days
         THEN 'medium'
       END                                             AS severity,
       CASE
         WHEN last_checkin IS NULL
         THEN 'when the Mac last reported is not known'
         WHEN last_checkin = 0
         THEN 'the Mac has never reported'
         ELSE 'the Mac last reported ' || days_silent || ' days ago'
       END                                             AS evidence
  FROM device_posture
