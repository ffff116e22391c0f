-- id: PW-02
-- title: Restarted after a password reset, before logging in
-- scope: account
-- severity: critical
-- uses: monthly client migration
-- loses: unlock
-- facts: filevault, password_reset_at, password_reset_by, last_login, last_boot
-- why: The disk wants the former password, and this person is probably locked
--      out now.
-- fix: R7
-- An unknown time leaves it open.
SELECT account_id,
       reset_known
         AND password_reset_by = 'mdm'
         AND filevault_on                              AS applies,
       last_login < password_reset_at
         AND last_boot >= password_reset_at            AS fails,
       CASE
         WHEN last_login IS NULL OR last_boot IS NULL
           OR password_reset_at IS NULL OR password_reset_by IS NULL
         THEN 'whether the Mac restarted before ' || account || ' logged in is '
              || 'not known'
         WHEN last_checkin <= last_boot
         THEN 'restarted after the reset of ' || account || ' and silent since'
              || ': the Mac may be waiting for the former password'
         ELSE 'restarted after the reset of ' || account || ', who has not '
              || 'logged in since: the disk may want the former password'
       END                                             AS evidence
  FROM account_posture
