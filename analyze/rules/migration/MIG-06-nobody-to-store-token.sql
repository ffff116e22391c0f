-- id: MIG-06
-- title: Nobody is there to store the bootstrap token with the new server
-- scope: device
-- severity: high
-- uses: migration
-- loses:
-- facts: mdm_enrolled, secure_token, admin, password_known_by
-- why: The bootstrap token does not move with the Mac. The new server gets one
--      when a person with a secure token logs in, or from an administrator.
-- fix: R0 R2 R4 R5 R14
-- Who knows a password only a person can say: unknown is the usual case. The
-- token that the old server holds gives one to whoever logs in.
SELECT device_id,
       mdm_enrolled                                    AS applies,
       NOT any_usable_person AND NOT any_usable_admin  AS fails,
       CASE
         WHEN NOT any_usable_person AND NOT any_usable_admin
         THEN 'no person with a secure token is known to be able to log in'
         ELSE 'who with a secure token can log in is not known'
       END                                             AS evidence,
       CASE
         WHEN bootstrap_expected THEN 'R2'
         WHEN repair_path = 'B' THEN 'R4'
         WHEN repair_path = 'D' THEN 'R5'
         WHEN repair_path = 'E' AND NOT bootstrap_expected THEN 'R14'
       END                                             AS remedy
  FROM device_posture
