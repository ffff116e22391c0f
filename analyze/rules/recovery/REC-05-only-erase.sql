-- id: REC-05
-- title: Only an erase is left
-- scope: device
-- severity: critical
-- uses: monthly client migration
-- loses: unlock grant auto rescue erase
-- facts: secure_token, admin, password_known_by, recovery_key_escrowed
-- why: Nobody can open or repair this Mac without losing what is on it. Save
--      the data while somebody is still logged in.
-- fix: R14
-- repair_path is never NULL; here "unknown" leaves the question open.
SELECT device_id,
       TRUE                                            AS applies,
       CASE
         WHEN repair_path = 'E' THEN TRUE
         WHEN repair_path <> 'unknown' THEN FALSE
       END
         AND NOT bootstrap_expected                    AS fails,
       CASE
         WHEN repair_path = 'unknown'
         THEN 'whether another way than an erase is left is not known'
         WHEN bootstrap_expected IS NULL
         THEN 'no usable holder and no way through recoveryOS; whether a '
              || 'bootstrap token is stored is not known'
         ELSE 'no usable holder, no bootstrap token, and no way through '
              || 'recoveryOS'
       END                                             AS evidence
  FROM device_posture
