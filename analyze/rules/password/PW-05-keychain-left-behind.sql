-- id: PW-05
-- title: The old login keychain may not open after a password reset
-- scope: account
-- severity: low
-- uses: monthly
-- loses:
-- facts: password_reset_by
-- why: Saved sign-ins of the person may be lost, and the Mac asks for a
--      keychain password again and again.
-- fix: R26
-- Neither fact known, and one of them carried, means no reset.
SELECT account_id,
       reset_known                                     AS applies,
       password_reset_by IN ('mdm', 'recovery', 'token_admin') AS fails,
       CASE
         WHEN password_reset_by IS NULL
         THEN 'who reset the password of ' || account || ' is not known'
         ELSE 'the password of ' || account || ' was set by somebody else; the '
              || 'old login keychain may not open'
       END                                             AS evidence
  FROM account_posture
