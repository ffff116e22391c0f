-- id: BT-07
-- title: Enrolled by hand by an account without a secure token
-- scope: device
-- severity: info
-- kind: cause
-- uses: monthly client migration
-- loses:
-- facts: mdm_enrolled, enrollment_type, enrolled_by|secure_token
-- why: Probably the Mac could not store its bootstrap token when it was
--      enrolled, because the person enrolling it held no secure token.
-- fix: R1
-- enroller_token is NULL where the enrolling account is none of those listed.
SELECT device_id,
       mdm_enrolled AND enrollment_type = 'manual'     AS applies,
       CASE
         WHEN bootstrap_state = 'absent' THEN TRUE
         WHEN bootstrap_state NOT IN ('unknown', 'conflict') THEN FALSE
       END
         AND (NOT enroller_token OR NOT any_token_admin) AS fails,
       CASE
         WHEN (mdm_enrolled AND enrollment_type = 'manual') IS NULL
         THEN 'a possible cause: whether somebody without a secure token '
              || 'enrolled it by hand is not known'
         WHEN NOT enroller_token
         THEN 'enrolled by hand by ' || enrolled_by
              || ', who holds no secure token'
         WHEN NOT any_token_admin
         THEN 'enrolled by hand, and no administrator holds a secure token'
         ELSE 'a possible cause: enrolled by hand, and whether the enrolling '
              || 'account holds a secure token is not known'
       END                                             AS evidence
  FROM device_posture
