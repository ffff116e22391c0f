-- Macs by verdict in up to twelve periods, oldest first; other_rules: judged by
-- rules that are not those of the period before.
SELECT * FROM (
  SELECT u.period                                           AS label,
         count(*) FILTER (WHERE r.verdict = 'at-risk')      AS risk,
         count(*) FILTER (WHERE r.verdict = 'undetermined') AS unknown,
         count(*) FILTER (WHERE r.verdict = 'attention')    AS tidy,
         count(*) FILTER (WHERE r.verdict = 'partial')      AS partial,
         count(*) FILTER (WHERE r.verdict = 'clean')        AS clean,
         num(count(*))                                      AS devices,
         u.as_of                                            AS as_of,
         coalesce(u.rules_digest
                  <> lag(u.rules_digest) OVER (ORDER BY u.period), 0)
                                                            AS other_rules
    FROM run u
    JOIN device_result r ON r.period_id = u.period_id
   WHERE u.period <= (SELECT period FROM run WHERE period_id = :period_id)
     AND (:client_id = 0 OR r.client_id = :client_id)
   GROUP BY u.period_id
   ORDER BY u.period DESC
   LIMIT 12)
 ORDER BY label
