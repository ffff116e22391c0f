-- id: BT-01
-- title: The bootstrap token is not stored with the management server
-- scope: device
-- severity: high
-- uses: monthly client migration
-- loses: auto updates-by-server erase settings kexts psso
-- facts: mdm_enrolled, bootstrap_escrowed_device|bootstrap_escrowed_server
-- why: Without it the server cannot give people their token at login, cannot
--      update or erase the Mac without asking at the screen, and a password
--      reset has no safety net.
-- fix: R0 R1 R4 R5 R14
-- core: yes
-- bootstrap_state is never NULL: unknown and conflict are words of it, and here
-- they leave the question open. Whether it is a proven one, BT-04 judges.
SELECT device_id,
       mdm_enrolled
         AND enrollment_type IS DISTINCT FROM 'user'
         AND bootstrap_state <> 'unsupported'          AS applies,
       CASE
         WHEN bootstrap_state = 'absent' THEN TRUE
         WHEN bootstrap_state NOT IN ('unknown', 'conflict') THEN FALSE
       END                                             AS fails,
       CASE
         WHEN repair_path IN ('D', 'E') THEN 'critical'
         WHEN chip IN ('intel', 't2') AND holders_min >= 2 THEN 'medium'
       END                                             AS severity,
       CASE
         WHEN NOT bootstrap_escrowed_device AND NOT bootstrap_escrowed_server
         THEN 'the Mac and the server both say that none is stored'
         WHEN bootstrap_state = 'conflict'
         THEN 'the Mac and the server say different things about it'
         WHEN NOT bootstrap_escrowed_device
         THEN 'the Mac says that none is stored'
              || coalesce('; ' || bootstrap_unsure, '')
         WHEN NOT bootstrap_escrowed_server
         THEN 'the server says that it stores none'
         ELSE 'neither the Mac nor the server says whether one is stored'
       END                                             AS evidence,
       CASE repair_path
         WHEN 'A' THEN 'R1'
         WHEN 'B' THEN 'R4'
         WHEN 'D' THEN 'R5'
         WHEN 'E' THEN 'R14'
         ELSE 'R0'
       END                                             AS remedy
  FROM device_posture
