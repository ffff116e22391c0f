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
-- What is not known is never "safe": it leaves the outcome open, as does a Mac
-- that has been silent for long, or a password that is rotated.
SELECT account_id,

       os >= 101300
         AND kind IS DISTINCT FROM 'network'
         AND secure_token                              AS applies,

       CASE
         WHEN mdm_enrolled IS NOT FALSE
          AND last_checkin < as_of - 86400 * p_checkin_low_days
         THEN NULL
         WHEN laps THEN NULL
         WHEN token_real IS NOT TRUE
           OR filevault_on IS NULL
           OR os IS NULL
           OR bootstrap_grants IS NULL
           OR bootstrap_state IN ('conflict', 'invalid', 'unknown')
         THEN NULL
         WHEN os >= 260000 THEN filevault_on
         WHEN bootstrap_grants
          AND filevault_on
          AND bootstrap_state = 'claimed'
          AND sole_holder
          AND (recovery_key_escrowed
               AND recovery_key_validity = 'valid') IS NOT TRUE
         THEN TRUE
         WHEN bootstrap_grants THEN FALSE
         ELSE filevault_on
       END                                             AS fails,

       'a reset of ' || account || ' from the server may lock the person out'
                                                       AS evidence
  FROM account_posture
