-- id: PW-01
-- title: Password reset by the server: log in before any restart
-- scope: account
-- severity: critical
-- uses: monthly client migration
-- loses: unlock
-- facts: filevault, password_reset_at, password_reset_by, last_login, last_boot
-- why: A restart before the next login locks this person out: the disk still
--      wants the former password.
-- fix: R2
-- An unknown time leaves it open, and open is to be treated as true.
SELECT account_id,
       reset_known
         AND password_reset_by = 'mdm'
         AND filevault_on
         AND bootstrap_expected IS NOT FALSE           AS applies,
       last_login < password_reset_at
         AND last_boot < password_reset_at             AS fails,
       CASE
         WHEN last_login IS NULL OR last_boot IS NULL
           OR password_reset_at IS NULL OR password_reset_by IS NULL
         THEN 'whether ' || account || ' was reset and has logged in since is '
              || 'not known; treat it as open'
         ELSE 'the password of ' || account || ' was reset by the server, and '
              || account || ' has not logged in since'
       END                                             AS evidence
  FROM account_posture
