-- id: FV-08
-- title: An account that is not on the list of allowed ones can unlock the disk
-- scope: device
-- severity: medium
-- uses: monthly
-- loses:
-- facts: filevault, filevault_user
-- why: More people than intended can start this Mac.
-- fix: R12
-- ref: mSCP os_filevault_authorized_users
-- allow_list has no unknown: without a list in the policy nothing is judged.
SELECT device_id,
       filevault_on AND allow_list                     AS applies,
       any_unlocker_refused                            AS fails,
       CASE
         WHEN any_unlocker_refused IS NULL
         THEN 'whether all who can unlock the disk are allowed is not known'
         ELSE refused_names || ' can unlock the disk and should not'
       END                                             AS evidence
  FROM device_posture
