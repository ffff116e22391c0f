-- id: REC-04
-- title: The Mac cannot be erased silently
-- scope: device
-- severity: medium
-- uses: monthly client migration
-- loses: erase
-- facts: chip, os_version, eacs_preflight,
--        bootstrap_escrowed_device|bootstrap_escrowed_server
-- why: An erase by the server fails, or falls back to one after which macOS
--      must be installed anew by hand.
-- fix: R25 R0 R1 R4 R5 R9 R11 R14 R16
-- Before macOS 13.3 there is no readiness test, and none is asked for. On T2 an
-- erase needs no bootstrap token.
SELECT device_id,
       chip IN ('apple', 't2') AND os >= 120001        AS applies,
       (chip = 'apple' AND NOT bootstrap_expected)
         OR (os >= 130300 AND eacs_preflight <> 'success') AS fails,
       CASE WHEN p_route = 'erase' THEN 'high' END     AS severity,
       CASE
         WHEN chip = 'apple' AND NOT bootstrap_expected
         THEN 'no bootstrap token is stored that could allow it'
         WHEN eacs_preflight = 'no_token'
         THEN 'the readiness test misses the bootstrap token'
         WHEN eacs_preflight = 'unsealed'
         THEN 'the readiness test says that the system is not sealed'
         WHEN eacs_preflight IN ('failure', 'not_supported')
         THEN 'the readiness test fails'
         ELSE 'whether the Mac is ready for a silent erase is not known'
       END                                             AS evidence,
       -- A token that lacks is stored as BT-01 says, which asks for the same.
       CASE
         WHEN chip = 'apple' AND NOT bootstrap_expected
         THEN CASE
                WHEN NOT mdm_enrolled THEN 'R16'
                WHEN bootstrap_state = 'unsupported' THEN 'R9'
                WHEN repair_path = 'A' THEN 'R1'
                WHEN repair_path = 'B' THEN 'R4'
                WHEN repair_path = 'D' THEN 'R5'
                WHEN repair_path = 'E' THEN 'R14'
                ELSE 'R0'
              END
         WHEN eacs_preflight = 'no_token' THEN 'R11'
       END                                             AS remedy
  FROM device_posture
