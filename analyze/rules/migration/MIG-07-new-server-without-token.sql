-- id: MIG-07
-- title: The new server does not do bootstrap tokens
-- scope: device
-- severity: critical
-- uses: migration
-- loses: auto updates-by-server erase
-- facts:
-- why: After the move every Mac would lose the help of its bootstrap token.
-- fix: R9
-- A question to the plan and not to the Mac: judged where a plan is set.
SELECT device_id,
       p_new_server_bootstrap IS NOT NULL
         OR p_new_server IS NOT NULL
         OR p_route IS NOT NULL                        AS applies,
       NOT p_new_server_bootstrap                      AS fails,
       CASE
         WHEN p_new_server_bootstrap IS NULL
         THEN 'whether the new server does bootstrap tokens is not known'
         ELSE 'the new server does not do bootstrap tokens'
       END                                             AS evidence
  FROM device_posture
