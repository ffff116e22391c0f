-- id: FV-05
-- title: Somebody who is no account of the Mac can unlock its disk
-- scope: device
-- severity: medium
-- uses: monthly
-- loses:
-- facts: unknown_filevault_users
-- why: A key that belongs to nobody any more still opens the disk.
-- fix: R12
-- Fixed records such as recovery keys are no persons and are not in the number.
SELECT device_id,
       TRUE                                            AS applies,
       unknown_filevault_users > 0                     AS fails,
       CASE
         WHEN chip IS NOT DISTINCT FROM 'apple' AND NOT any_volume_owner
         THEN 'high'
       END                                             AS severity,
       CASE
         WHEN unknown_filevault_users IS NULL
         THEN 'whether unknown entries can unlock the disk is not known'
         ELSE 'entries of the FileVault list that belong to no account: '
              || unknown_filevault_users
       END                                             AS evidence
  FROM device_posture
