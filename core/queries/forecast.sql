-- The accounts of one Mac, with what decides a reset of their passwords.
SELECT a.account, a.full_name, a.os, a.kind,
       r.stale IS TRUE
         OR (a.as_of - a.last_checkin > a.p_checkin_low_days * 86400) IS TRUE
                                         AS silent,
       a.secure_token, a.token_real, a.laps, a.filevault_on,
       a.bootstrap_state, a.bootstrap_grants, a.other_admin_usable,
       a.sole_holder, a.recovery_key_escrowed, a.recovery_key_validity,
       a.recovery_open, a.platform_sso, a.role,
       coalesce(a.observed_at, a.device_observed_at, a.last_checkin) AS read_at,
       a.last_checkin, a.as_of, a.device_serial, a.name, c.name AS client,
       a.former_password_known, a.assigned_user
  FROM device d
  JOIN account_posture a ON a.device_id = d.device_id
  JOIN client c ON c.client_id = a.client_id
  LEFT JOIN device_result r
         ON r.period_id = :period_id AND r.device_id = d.device_id
 WHERE d.serial = upper(:serial)
   AND (:account = '' OR fold(a.account) = fold(:account))
   AND (:client = '' OR c.name = :client)
 ORDER BY a.account_id
