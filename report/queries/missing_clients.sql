-- Clients of earlier periods that have no Mac in this one.
SELECT c.name AS client, max(n.period) AS last_period
  FROM device_result r
  JOIN run n ON n.period_id = r.period_id
  JOIN client c ON c.client_id = r.client_id
 WHERE :client_id = 0
   AND n.period < (SELECT period FROM run WHERE period_id = :period_id)
   AND NOT EXISTS (SELECT 1 FROM device_result t
                    WHERE t.period_id = :period_id
                      AND t.client_id = r.client_id)
 GROUP BY c.client_id
 ORDER BY c.name
