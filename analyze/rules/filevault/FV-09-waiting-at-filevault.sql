-- id: FV-09
-- title: A Mac is silent after a password reset: probably locked at startup
-- scope: device
-- severity: high
-- uses: monthly client
-- loses: unlock
-- facts: filevault, last_checkin, last_login, password_reset_at,
--        password_reset_by
-- why: Somebody may be waiting at the startup screen, which wants the former
--      password. Silence has other causes too: sleep, holidays, no network.
-- fix: R7
-- Both parts must hold; either may be unknown.
SELECT device_id,
       filevault_on                                    AS applies,
       last_checkin < as_of - 86400 * p_filevault_wait_days
         AND any_reset_open                            AS fails,
       CASE WHEN any_restart_after_reset THEN 'critical' END
                                                       AS severity,
       CASE
         WHEN last_checkin IS NULL
         THEN 'when the Mac was last heard of is not known'
         WHEN any_reset_open IS NULL
         THEN 'silent, and whether somebody was reset and has not logged in '
              || 'since is not known'
         ELSE 'silent for ' || days_silent || ' days after the password of '
              || reset_names || ' was reset; it may be waiting at startup'
       END                                             AS evidence
  FROM device_posture
