-- The numbers of the whole report, one row.
WITH v AS (
  SELECT count(*)                                         AS n_devices,
         count(*) FILTER (WHERE verdict = 'at-risk')      AS n_at_risk,
         count(*) FILTER (WHERE verdict = 'undetermined') AS n_undetermined,
         count(*) FILTER (WHERE verdict = 'attention')    AS n_attention,
         count(*) FILTER (WHERE verdict = 'partial')      AS n_partial,
         count(*) FILTER (WHERE verdict = 'clean')        AS n_clean,
         count(*) FILTER (WHERE stale)                    AS n_silent,
         count(*) FILTER (WHERE readiness = 'ready')      AS n_ready,
         count(*) FILTER (WHERE readiness = 'action-first') AS n_action,
         count(*) FILTER (WHERE readiness = 'hands-on')   AS n_hands,
         count(*) FILTER (WHERE readiness = 'blocked')    AS n_blocked,
         count(*) FILTER (WHERE readiness = 'unknown')    AS n_ready_unknown,
         count(*) FILTER (WHERE readiness <> '')          AS n_judged
    FROM temp.report_rank o
    CROSS JOIN device_result r
            ON r.period_id = :period_id AND r.device_id = o.device_id
),
b AS (
  SELECT count(*)                                         AS b_devices,
         count(*) FILTER (WHERE verdict = 'at-risk')      AS b_at_risk,
         count(*) FILTER (WHERE verdict = 'undetermined') AS b_undetermined,
         count(*) FILTER (WHERE verdict IN ('clean', 'partial')) AS b_fine
    FROM device_result
   WHERE period_id = :before_id
     AND (:client_id = 0 OR client_id = :client_id)
)
SELECT v.*, b.*,
       n_clean + n_partial          AS n_fine,
       num(n_devices)               AS devices,
       num(n_at_risk)               AS at_risk,
       num(n_undetermined)          AS undetermined,
       num(n_attention)             AS attention,
       num(n_partial)               AS partial,
       num(n_clean)                 AS clean,
       num(n_clean + n_partial)     AS fine,
       num(n_silent)                AS silent,
       num(n_ready)                 AS ready,
       num(n_action)                AS action_first,
       num(n_hands)                 AS hands_on,
       num(n_blocked)               AS blocked,
       num(n_ready_unknown)         AS ready_unknown,
       pct(n_at_risk, n_devices)    AS at_risk_pct,
       pct(n_undetermined, n_devices) AS undetermined_pct,
       pct(n_attention, n_devices)  AS attention_pct,
       pct(n_clean + n_partial, n_devices) AS fine_pct,
       pct(n_silent, n_devices)     AS silent_pct,
       pct(n_ready, n_devices)      AS ready_pct,
       CASE WHEN b_devices > 0 THEN signed(n_at_risk - b_at_risk) END
                                    AS at_risk_change,
       CASE WHEN b_devices > 0
            THEN signed(n_undetermined - b_undetermined) END
                                    AS undetermined_change,
       CASE WHEN b_devices > 0
            THEN signed(n_clean + n_partial - b_fine) END
                                    AS fine_change,
       CASE WHEN b_devices > 0 THEN signed(n_devices - b_devices) END
                                    AS devices_change
  FROM v, b
