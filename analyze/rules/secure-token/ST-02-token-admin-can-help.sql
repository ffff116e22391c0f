-- id: ST-02
-- title: No secure token, and the next login will not bring one
-- scope: account
-- severity: high
-- uses: monthly client migration
-- loses: unlock enable update
-- facts: os_version, secure_token,
--        bootstrap_escrowed_device|bootstrap_escrowed_server
-- why: This person cannot unlock the disk at startup, turn FileVault on, or
--      install updates on Apple silicon. It can be repaired from afar with the
--      password of an administrator who holds a token.
-- fix: R0 R1 R3
-- repair_path is never NULL. "unknown" counts here, so that of ST-02, ST-03 and
-- ST-04 exactly one carries what is wrong, or not known, of an account.
SELECT account_id,
       needs_token AND os >= 101300                    AS applies,
       NOT secure_token
         AND NOT bootstrap_grants
         AND repair_path IN ('A', 'unknown')           AS fails,
       CASE WHEN needs_token_weak THEN 'medium' END    AS severity,
       CASE
         WHEN secure_token IS NULL
         THEN 'whether ' || account || ' holds a secure token is not known'
         WHEN bootstrap_grants IS NULL
         THEN account || ' holds no secure token; whether the next login '
              || 'brings one is not known'
         WHEN repair_path = 'A'
         THEN account || ' holds no secure token; an administrator who holds '
              || 'one can give it'
         ELSE account || ' holds no secure token, and who can repair it is not '
              || 'known'
       END                                             AS evidence,
       -- Storing the bootstrap token heals everybody, where a stored one would
       -- help this account; else the token is given to this one directly.
       CASE
         WHEN (os < 110000 AND kind IS DISTINCT FROM 'mobile')
           OR NOT mdm_enrolled
           OR bootstrap_state = 'unsupported' THEN 'R3'
         WHEN repair_path = 'A' THEN 'R1'
       END                                             AS remedy
  FROM account_posture
