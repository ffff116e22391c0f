-- id: FV-04
-- title: A person cannot unlock FileVault at startup
-- scope: account
-- severity: medium
-- uses: monthly client migration
-- loses: unlock
-- facts: filevault, filevault_user
-- why: After a restart this person needs somebody else to start the Mac.
-- fix: R2 R22 R3 R4 R19 R5 R14
-- needs_token has no unknown. A role that is not known is never primary, so
-- the limit for doubtful persons holds by itself.
SELECT account_id,
       filevault_on AND needs_token                    AS applies,
       NOT filevault_user                              AS fails,
       CASE WHEN role IS NOT DISTINCT FROM 'primary' THEN 'high' END
                                                       AS severity,
       CASE
         WHEN filevault_user IS NULL
         THEN 'whether ' || account || ' can unlock the disk is not known'
         WHEN secure_token
         THEN account || ' cannot unlock the disk although a secure token is '
              || 'shown'
         ELSE account || ' cannot unlock the disk'
       END                                             AS evidence,
       CASE
         WHEN filevault_user IS NULL THEN 'R2'
         WHEN secure_token THEN 'R22'
         WHEN bootstrap_grants IS NOT FALSE THEN 'R2'
         WHEN repair_path = 'B' THEN 'R4'
         WHEN repair_path = 'D' THEN 'R5'
         WHEN repair_path = 'E' AND NOT bootstrap_expected THEN 'R14'
         WHEN repair_path = 'E' THEN 'R19'
         ELSE 'R3'
       END                                             AS remedy
  FROM account_posture
