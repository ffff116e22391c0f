-- Clients of earlier periods that have no Mac in this one.
SELECT c.name AS client, max(n.period) AS last_period
  FROM client c
  CROSS JOIN run n
 WHERE :client_id = 0
   AND n.period < (SELECT period FROM run WHERE period_id = :period_id)
   AND EXISTS (SELECT 1 FROM tally t
                WHERE t.period_id = n.period_id
                  AND t.client_id = c.client_id)
   AND NOT EXISTS (SELECT 1 FROM tally t
                    WHERE t.period_id = :period_id
                      AND t.client_id = c.client_id)
 GROUP BY c.client_id
 ORDER BY c.name
