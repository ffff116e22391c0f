-- id: ST-11
-- title: Only disabled accounts or departed people hold secure tokens
-- scope: device
-- severity: high
-- uses: monthly client migration
-- loses: unlock update grant
-- facts: secure_token, disabled, person_status
-- why: Nobody who is still there can open the disk. Deleting such an account
--      may take the last key with it.
-- fix: R2 R5 R14
-- One holder whose state is not known leaves the question open.
SELECT device_id,
       any_holder                                      AS applies,
       NOT any_present_holder                          AS fails,
       CASE WHEN filevault_on THEN 'critical' END      AS severity,
       CASE
         WHEN any_holder IS NULL
         THEN 'whether any account holds a token is not known'
         WHEN NOT any_present_holder
         THEN 'only ' || holder_names || ' may unlock, disabled or departed'
         ELSE 'whether a holder is still there is not known'
       END                                             AS evidence,
       CASE
         WHEN any_present_holder IS NULL OR bootstrap_expected THEN 'R2'
         WHEN repair_path = 'E'
         THEN CASE WHEN NOT bootstrap_expected THEN 'R14' ELSE 'R2' END
         ELSE 'R5'
       END                                             AS remedy
  FROM device_posture
