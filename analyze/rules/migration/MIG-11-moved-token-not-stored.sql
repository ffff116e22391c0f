-- id: MIG-11
-- title: Moved, and the new server has no bootstrap token
-- scope: device
-- severity: high
-- uses: migration
-- loses: auto updates-by-server erase
-- facts: mdm_server, bootstrap_escrowed_device|bootstrap_escrowed_server
-- why: The move of this Mac is not complete.
-- fix: R1 R4 R5 R9 R11 R14
-- bootstrap_state is never NULL: unknown and conflict leave the question open.
-- Judged where the plan names the new server.
SELECT device_id,
       p_new_server IS NOT NULL
         AND lower(mdm_server) = lower(p_new_server)   AS applies,
       CASE
         WHEN bootstrap_state IN ('absent', 'invalid', 'unsupported') THEN TRUE
         WHEN bootstrap_state IN ('proven', 'claimed') THEN FALSE
       END                                             AS fails,
       CASE bootstrap_state
         WHEN 'absent' THEN 'no bootstrap token is stored with the new server'
         WHEN 'invalid' THEN 'the stored bootstrap token probably does not work'
         WHEN 'unsupported'
         THEN 'the new server does not offer bootstrap tokens to this Mac'
         ELSE 'whether a bootstrap token is stored with the new server is not '
              || 'known'
       END                                             AS evidence,
       CASE
         WHEN bootstrap_state = 'invalid' THEN 'R11'
         WHEN bootstrap_state = 'unsupported' THEN 'R9'
         WHEN bootstrap_state = 'absent' AND repair_path = 'B' THEN 'R4'
         WHEN bootstrap_state = 'absent' AND repair_path = 'D' THEN 'R5'
         WHEN bootstrap_state = 'absent' AND repair_path = 'E' THEN 'R14'
       END                                             AS remedy
  FROM device_posture
