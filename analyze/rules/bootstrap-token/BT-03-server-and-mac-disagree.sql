-- id: BT-03
-- title: The Mac and the server disagree about the stored bootstrap token
-- scope: device
-- severity: high
-- unknown: low
-- uses: monthly migration
-- loses:
-- facts: mdm_enrolled, os_version, bootstrap_escrowed_device,
--        bootstrap_escrowed_server
-- why: One of the two is wrong, so nobody can say what a password reset or an
--      erase will do. The inventory may be old, or the server may have lost the
--      token.
-- fix: R11
-- One side unknown leaves the comparison unknown.
SELECT device_id,
       mdm_enrolled
         AND enrollment_type IS DISTINCT FROM 'user'
         AND os >= 101500                              AS applies,
       bootstrap_escrowed_device <> bootstrap_escrowed_server
                                                       AS fails,
       CASE
         WHEN bootstrap_escrowed_device AND NOT bootstrap_escrowed_server
         THEN 'the Mac says stored, the server says not: the inventory may be '
              || 'old, or the server may have lost the token'
         WHEN NOT bootstrap_escrowed_device AND bootstrap_escrowed_server
         THEN 'the server says stored, the Mac says not'
         WHEN bootstrap_escrowed_device IS NOT NULL
         THEN 'only the Mac says something about it'
         WHEN bootstrap_escrowed_server IS NOT NULL
         THEN 'only the server says something about it'
         ELSE 'neither of the two says anything about it'
       END                                             AS evidence
  FROM device_posture
