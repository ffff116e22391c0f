-- id: BT-04
-- title: A bootstrap token is stored, but the Mac may not be able to use it
-- scope: device
-- severity: high
-- unknown: low
-- uses: monthly migration
-- loses: updates-by-server erase auto
-- facts: chip, os_version, eacs_preflight
-- why: Everything looks green until an erase or an update by the server fails
--      on the day it is needed.
-- fix: R11
-- bootstrap_state is never NULL. A claimed token is neither proved nor refuted:
-- a readiness test that speaks of other things says nothing about the token.
SELECT device_id,
       chip IN ('apple', 't2')
         AND os >= 130300
         AND bootstrap_state IN ('claimed', 'invalid', 'proven')
         AND eacs_preflight IS DISTINCT FROM 'not_supported' AS applies,
       CASE bootstrap_state
         WHEN 'invalid' THEN TRUE
         WHEN 'proven' THEN FALSE
       END                                             AS fails,
       CASE
         WHEN bootstrap_state <> 'invalid'
         THEN 'stored, and nothing has proved yet that it works'
         WHEN eacs_preflight = 'no_token'
         THEN 'stored, but the test for a silent erase misses the token'
         ELSE 'stored, but the volume has no record of a bootstrap token'
       END                                             AS evidence
  FROM device_posture
