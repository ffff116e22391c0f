-- The accounts of one Mac, with what a password reset depends on.
SELECT d.serial                                AS serial,
       a.name                                  AS mac,
       a.account                               AS account,
       a.full_name                             AS full_name,
       a.as_of                                 AS as_of,
       a.last_checkin                          AS last_checkin,
       COALESCE(min(a.observed_at, a.device_observed_at), a.observed_at,
                a.device_observed_at, a.last_checkin) AS read_at,
       a.os                                    AS os,
       a.kind                                  AS kind,
       a.role                                  AS role,
       r.stale
         OR (a.as_of - a.last_checkin > a.p_checkin_low_days * 86400) IS TRUE
                                               AS silent,
       a.secure_token                          AS secure_token,
       a.token_real                            AS token_real,
       a.laps                                  AS laps,
       a.filevault_on                          AS filevault_on,
       a.bootstrap_state                       AS bootstrap_state,
       a.bootstrap_grants                      AS bootstrap_grants,
       a.other_admin_usable                    AS other_admin,
       -- Perhaps another one can help: an account of which it is not known,
       -- or a list that is not complete.
       (a.accounts_listed OR a.holders_listed) IS NOT TRUE
         OR EXISTS (SELECT 1 FROM account_posture o
                     WHERE o.device_id = a.device_id
                       AND o.account_id <> a.account_id
                       AND (o.usable AND o.admin) IS NULL)
                                               AS other_open,
       a.sole_holder AND a.token_real          AS sole_holder,
       a.recovery_key_escrowed                 AS recovery_key_escrowed,
       a.recovery_key_validity                 AS recovery_key_validity,
       a.recovery_open                         AS recovery_open,
       a.platform_sso                          AS platform_sso,
       -- Reset by the server and no login since: it may be asked for a second
       -- time because of that.
       a.reset_open AND a.filevault_on IS NOT FALSE AS reset_open,
       a.last_boot >= a.password_reset_at      AS restarted,
       a.former_password_known                 AS former_password_known
  FROM device d
  CROSS JOIN account_posture a ON a.device_id = d.device_id
  CROSS JOIN device_result r ON r.period_id = :period_id
                            AND r.device_id = d.device_id
 WHERE d.serial = :serial
 ORDER BY a.account_id
