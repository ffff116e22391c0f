-- id: MIG-13
-- title: The deadline of the move has passed, and the Mac has not moved
-- scope: device
-- severity: medium
-- uses: migration
-- loses:
-- facts: mdm_server
-- why: The person has put the move off, or the Mac is not in use.
-- fix: R13 R17
-- Judged where the plan has a deadline and a new server, and the way is not
-- another one than in place. The deadline is the end of its day.
SELECT device_id,
       COALESCE(p_route, 'in-place') = 'in-place'
         AND p_deadline IS NOT NULL
         AND p_new_server IS NOT NULL                  AS applies,
       as_of > p_deadline + 86400
         AND lower(mdm_server) <> lower(p_new_server)  AS fails,
       CASE
         WHEN mdm_server IS NULL
         THEN 'which server the Mac belongs to is not known'
         ELSE 'the Mac still belongs to ' || mdm_server
       END                                             AS evidence
  FROM device_posture
