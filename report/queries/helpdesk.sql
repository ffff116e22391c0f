-- What the help-desk page needs and no more: each account of each Mac with what
-- an answer about its password rests on. After the tenth column the facts of
-- report/forecast.h.
SELECT d.serial                                AS serial,
       a.name                                  AS name,
       t.assigned_user                         AS person,
       c.name                                  AS client,
       a.last_checkin                          AS last_checkin,
       a.last_checkin + a.p_checkin_low_days * 86400
                                               AS good_until,
       a.account                               AS account,
       a.full_name                             AS full_name,
       COALESCE(min(a.observed_at, a.device_observed_at), a.observed_at,
                a.device_observed_at, a.last_checkin) AS read_at,
       a.os                                    AS os,
       a.kind                                  AS kind,
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
       a.sole_holder AND a.token_real          AS sole_holder,
       a.recovery_key_escrowed                 AS recovery_key_escrowed,
       a.recovery_key_validity                 AS recovery_key_validity,
       a.recovery_open                         AS recovery_open,
       a.platform_sso                          AS platform_sso,
       -- Reset by the server and no login since: it may be asked for a second
       -- time because of that.
       a.reset_open AND a.filevault_on IS NOT FALSE AS reset_open,
       a.last_boot >= a.password_reset_at      AS restarted
  FROM temp.report_device o
  CROSS JOIN device d ON d.device_id = o.device_id
  CROSS JOIN client c ON c.client_id = o.client_id
  CROSS JOIN device_result r ON r.period_id = :period_id
                            AND r.device_id = o.device_id
  CROSS JOIN account_posture a ON a.device_id = o.device_id
  LEFT JOIN device_text t ON t.device_id = o.device_id
 ORDER BY o.rank, a.account_id
