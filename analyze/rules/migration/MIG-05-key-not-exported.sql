-- id: MIG-05
-- title: No copy of the recovery key is kept outside the old server
-- scope: device
-- severity: critical
-- uses: migration
-- loses:
-- facts: filevault, recovery_key_exported
-- why: The key may vanish with the old record, and the new server has none
--      until the person has logged out and in.
-- fix: R13 R8
-- The policy may say that all keys were exported on a day: then a key stored
-- after that day, or known not to be stored, is no part of it.
SELECT device_id,
       filevault_on                                    AS applies,
       NOT (recovery_key_exported
            OR (p_recovery_keys_exported IS NOT NULL
                AND recovery_key_escrowed IS NOT FALSE
                AND (recovery_key_escrowed_at
                     >= p_recovery_keys_exported + 86400) IS NOT TRUE))
         OR recovery_key_validity IS NOT DISTINCT FROM 'invalid' AS fails,
       CASE
         WHEN recovery_key_validity = 'invalid'
         THEN 'the stored recovery key does not open the disk'
         WHEN recovery_key_exported IS NULL AND p_recovery_keys_exported IS NULL
         THEN 'whether a copy of the recovery key is kept is not known'
         ELSE 'no copy of the present recovery key is kept'
       END                                             AS evidence,
       CASE
         WHEN recovery_key_validity = 'invalid' OR NOT recovery_key_escrowed
         THEN 'R8'
       END                                             AS remedy
  FROM device_posture
