-- The checks before a move, Mac by Mac, least ready first.
SELECT d.serial                             AS serial,
       nullif(p.name, '')                   AS name,
       nullif(p.assigned_user, '')          AS person,
       plain('readiness', CASE r.readiness WHEN '' THEN 'unknown'
                          ELSE r.readiness END) AS readiness,
       CASE r.readiness WHEN 'blocked' THEN 'risk' WHEN 'hands-on' THEN 'tidy'
                        WHEN 'action-first' THEN 'low'
                        WHEN 'ready' THEN 'clean' ELSE 'unknown' END AS class,
       CASE p.recovery_key_escrowed WHEN 1 THEN 'yes' WHEN 0 THEN 'no' END
                                            AS key_stored,
       plain('bootstrap', p.bootstrap_state) AS bootstrap,
       CASE p.any_token_admin_known WHEN 1 THEN 'yes' WHEN 0 THEN 'no' END
                                            AS admin_known,
       CASE p.any_volume_owner WHEN 1 THEN 'yes' WHEN 0 THEN 'no' END
                                            AS owner,
       CASE p.in_abm WHEN 1 THEN 'yes' WHEN 0 THEN 'no' END AS in_abm,
       day(p.last_checkin)                  AS seen,
       CASE WHEN s.id IS NULL THEN 'Find out: ' || v.open ELSE s.title END
                                            AS next_step
  FROM temp.report_device o
  CROSS JOIN device_result r
          ON r.period_id = :period_id AND r.device_id = o.device_id
  CROSS JOIN device d ON d.device_id = o.device_id
  LEFT JOIN device_posture p ON p.device_id = o.device_id
  LEFT JOIN temp.report_move v ON v.device_id = o.device_id
  LEFT JOIN remedy s ON s.id = v.remedy
 ORDER BY CASE r.readiness WHEN 'blocked' THEN 0 WHEN 'hands-on' THEN 1
                           WHEN 'action-first' THEN 2 WHEN 'ready' THEN 4
                           ELSE 3 END, o.rank
 LIMIT 200
