-- Every account that is no system account, with what a reset of its password
-- by the management server would do.
SELECT c.name                       AS client,
       d.serial                     AS serial,
       a.account                    AS account,
       a.full_name                  AS full_name,
       a.role                       AS role,
       a.kind                       AS kind,
       a.admin                      AS admin,
       a.secure_token               AS secure_token,
       a.token_real                 AS token_real,
       a.volume_owner               AS volume_owner,
       a.filevault_user             AS filevault_user,
       a.last_login                 AS last_login,
       reset_forecast(a.os, a.kind,
                      r.stale IS TRUE
                        OR (a.as_of - a.last_checkin
                            > a.p_checkin_low_days * 86400) IS TRUE,
                      a.secure_token, a.token_real, a.laps, a.filevault_on,
                      a.bootstrap_state, a.bootstrap_grants,
                      a.other_admin_usable, a.sole_holder,
                      a.recovery_key_escrowed, a.recovery_key_validity,
                      a.recovery_open)
                                    AS reset_forecast,
       a.account_id                 AS _account_id,
       o.device_id                  AS _device_id,
       o.rank                       AS _rank
  FROM temp.report_rank o
  CROSS JOIN device_result r
          ON r.period_id = :period_id AND r.device_id = o.device_id
  CROSS JOIN device d ON d.device_id = o.device_id
  CROSS JOIN client c ON c.client_id = r.client_id
  CROSS JOIN account_posture a ON a.device_id = o.device_id
 ORDER BY o.device_id, a.account_id
