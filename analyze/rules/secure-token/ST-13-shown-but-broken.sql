-- id: ST-13
-- title: The secure token is shown as enabled, but is probably broken
-- scope: account
-- severity: high
-- unknown: low
-- uses: monthly client migration
-- loses: unlock update
-- facts: secure_token, crypto_user, password_reset_by
-- why: Every inventory shows green, and on the next start the disk may not open
--      for this person.
-- fix: R3 R5
-- reset_proved is two-valued: a token proved after the reset is good. Below
-- macOS 26 a reset takes the flag away, so a flag read later can be believed.
SELECT account_id,
       secure_token                                    AS applies,
       NOT crypto_user
         OR (os >= 260000
             AND reset_known
             AND password_reset_by IN ('mdm', 'laps')
             AND NOT reset_proved)                     AS fails,
       CASE
         WHEN filevault_on AND holders_min = 0 THEN 'critical'
       END                                             AS severity,
       CASE
         WHEN secure_token IS NULL
         THEN 'whether ' || account || ' is shown with a token is not known, '
              || 'and nothing proves that one works'
         WHEN NOT crypto_user
         THEN account || ' is shown with a token, but the volume has no such '
              || 'user'
         WHEN password_reset_by = 'laps'
         THEN 'the password of ' || account || ' was rotated; the token may be '
              || 'shown and no longer work'
         WHEN password_reset_by = 'mdm'
         THEN 'the password of ' || account || ' was reset by the server; the '
              || 'token may be shown and no longer work'
         ELSE 'nothing proves or denies that the token of ' || account
              || ' works'
       END                                             AS evidence,
       CASE
         WHEN other_admin_usable THEN 'R3'
         WHEN NOT crypto_user OR password_reset_by IN ('mdm', 'laps') THEN 'R5'
       END                                             AS remedy
  FROM account_posture
