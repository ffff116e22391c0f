-- id: ADM-05
-- title: Platform single sign-on is set up, and no bootstrap token is stored
-- scope: device
-- severity: medium
-- uses: monthly
-- loses: psso
-- facts: platform_sso, bootstrap_escrowed_device|bootstrap_escrowed_server
-- why: Accounts made at the login window probably get no secure token.
-- fix: R0 R1 R4 R5 R14
-- Whether the token will be missed is an inference, and worded as one.
SELECT device_id,
       platform_sso <> 'none'                          AS applies,
       NOT bootstrap_expected                          AS fails,
       CASE
         WHEN bootstrap_expected IS NULL
         THEN 'whether a bootstrap token is stored is not known'
         ELSE 'no bootstrap token is stored; accounts made at the login window '
              || 'may get no secure token'
       END                                             AS evidence,
       CASE repair_path
         WHEN 'A' THEN 'R1'
         WHEN 'B' THEN 'R4'
         WHEN 'D' THEN 'R5'
         WHEN 'E' THEN 'R14'
       END                                             AS remedy
  FROM device_posture
