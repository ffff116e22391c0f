-- id: MIG-10
-- title: The managed administrator will not be made again by the move
-- scope: device
-- severity: medium
-- kind: report-only
-- uses: migration
-- loses:
-- facts: role
-- why: That account is made in Setup Assistant only, which a move does not run.
--      Decide who takes its part.
-- fix: R13
-- Roles come from people, and are often unknown.
SELECT device_id,
       TRUE                                            AS applies,
       any_managed_admin                               AS fails,
       CASE
         WHEN any_managed_admin IS NULL
         THEN 'whether the Mac has a managed administrator is not known'
         ELSE 'the Mac has a managed administrator of the old server'
       END                                             AS evidence
  FROM device_posture
