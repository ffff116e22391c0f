-- id: MIG-12
-- title: Moved, and the recovery key is not with the new server
-- scope: device
-- severity: critical
-- uses: migration
-- loses: rescue
-- facts: filevault, mdm_server, recovery_key_server, recovery_key_escrowed_at
-- why: The key in the old server may go with it, and the disk cannot be opened
--      without the person.
-- fix: R8
-- Judged where the plan names the new server; the time of the key counts where
-- the plan has a day.
SELECT device_id,
       filevault_on
         AND p_new_server IS NOT NULL
         AND lower(mdm_server) = lower(p_new_server)   AS applies,
       lower(recovery_key_server) <> lower(p_new_server)
         OR (p_planned_day IS NOT NULL
             AND recovery_key_escrowed_at < p_planned_day) AS fails,
       CASE
         WHEN lower(recovery_key_server) <> lower(p_new_server)
         THEN 'the recovery key is stored in ' || recovery_key_server
         WHEN recovery_key_server IS NULL
           OR recovery_key_escrowed_at IS NULL
         THEN 'whether the new server holds the present recovery key is not '
              || 'known'
         ELSE 'the recovery key is older than the move'
       END                                             AS evidence
  FROM device_posture
