-- id: ADM-03
-- title: The emergency account cannot open the disk
-- scope: account
-- severity: medium
-- uses: monthly
-- loses:
-- facts: os_version, secure_token
-- why: The plan for emergencies relies on an account that holds no secure
--      token.
-- fix: R2 R3 R4 R5 R14
-- Only accounts that the policy names are judged: for others it says nothing.
SELECT account_id,
       break_glass IS TRUE AND os >= 101300            AS applies,
       NOT secure_token                                AS fails,
       CASE
         WHEN secure_token IS NULL
         THEN 'whether ' || account || ' holds a secure token is not known'
         ELSE account || ' holds no secure token; perhaps it never logged in '
              || 'at the login window'
       END                                             AS evidence,
       CASE
         WHEN NOT bootstrap_grants
         THEN CASE
                WHEN repair_path = 'B' THEN 'R4'
                WHEN repair_path = 'D' THEN 'R5'
                WHEN repair_path = 'E' AND NOT bootstrap_expected THEN 'R14'
                ELSE 'R3'
              END
       END                                             AS remedy
  FROM account_posture
