-- id: PW-04
-- title: What a password reset from the server would do now
-- scope: account
-- severity: info
-- kind: report-only
-- uses: monthly client
-- loses:
-- facts: os_version, secure_token, filevault,
--        bootstrap_escrowed_device|bootstrap_escrowed_server
-- why: Read before resetting a password: on some Macs it locks the person out.
-- fix: R6
-- What is not known is never "safe": it leaves the outcome open.
SELECT account_id,
       applies,
       CASE outcome
         WHEN 'locked' THEN TRUE
         WHEN 'login' THEN FALSE
         WHEN 'lost' THEN FALSE
       END                                             AS fails,
       CASE
         WHEN outcome = 'locked'
         THEN 'a reset of ' || account || ' from the server risks a lockout'
         ELSE 'what a reset of ' || account || ' would do is not known; act as '
              || 'if it locked the person out'
       END                                             AS evidence
  FROM (SELECT account_id,
               account,
               os >= 101300
                 AND kind IS DISTINCT FROM 'network'
                 AND secure_token                      AS applies,
               CASE
                 WHEN mdm_enrolled IS NOT FALSE
                  AND last_checkin < as_of - 86400 * p_checkin_low_days
                 THEN 'silent'
                 WHEN laps THEN 'rotated'
                 WHEN token_real IS NOT TRUE
                   OR filevault_on IS NULL
                   OR os IS NULL
                   OR bootstrap_grants IS NULL
                   OR bootstrap_state IN ('conflict', 'invalid', 'unknown')
                 THEN 'unknown'
                 WHEN os >= 260000
                 THEN CASE WHEN filevault_on THEN 'locked' ELSE 'lost' END
                 WHEN bootstrap_grants
                  AND filevault_on
                  AND bootstrap_state = 'claimed'
                  AND sole_holder
                  AND (recovery_key_escrowed
                       AND recovery_key_validity = 'valid') IS NOT TRUE
                 THEN 'locked'
                 WHEN bootstrap_grants THEN 'login'
                 WHEN filevault_on THEN 'locked'
                 ELSE 'lost'
               END                                     AS outcome
          FROM account_posture) forecast
