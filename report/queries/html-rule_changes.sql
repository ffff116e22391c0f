-- Periods of the trend whose rules are not those of the period before.
SELECT count(*) FROM (
  SELECT u.rules_digest
         <> lag(u.rules_digest) OVER (ORDER BY u.period) AS other
    FROM run u
   WHERE u.period <= (SELECT period FROM run WHERE period_id = :period_id)
     AND EXISTS (SELECT 1 FROM device_result r
                  WHERE r.period_id = u.period_id
                    AND (:client_id = 0 OR r.client_id = :client_id))
   ORDER BY u.period DESC
   LIMIT 12)
 WHERE other
