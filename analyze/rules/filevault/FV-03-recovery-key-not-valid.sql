-- id: FV-03
-- title: The stored recovery key is invalid, or was never tested
-- scope: device
-- severity: low
-- unknown: low
-- uses: monthly client migration
-- loses: rescue
-- facts: filevault, recovery_key_escrowed, recovery_key_validity
-- why: A key that does not open the disk is found out on the day it is needed.
-- fix: R8
-- Only a key that the server holds can be judged.
SELECT device_id,
       filevault_on
         AND enrollment_type IS DISTINCT FROM 'user'
         AND recovery_key_escrowed                     AS applies,
       recovery_key_validity IN ('invalid', 'unverified') AS fails,
       CASE WHEN recovery_key_validity = 'invalid' THEN 'high' END
                                                       AS severity,
       CASE recovery_key_validity
         WHEN 'invalid' THEN 'the stored key does not open the disk'
         WHEN 'unverified' THEN 'nobody has tested yet whether the stored key '
                                || 'opens the disk'
         ELSE 'whether the stored key opens the disk is not known'
       END                                             AS evidence
  FROM device_posture
