-- Clients of earlier periods of which this one has nothing.
SELECT c.name AS name,
       (SELECT u.period
          FROM run u
          CROSS JOIN tally t
                  ON t.period_id = u.period_id AND t.client_id = c.client_id
         WHERE u.as_of < :as_of
         ORDER BY u.as_of DESC LIMIT 1) AS last_period
  FROM client c
 WHERE :client_id = 0
   AND EXISTS (SELECT 1
                 FROM run u
                 CROSS JOIN tally t
                         ON t.period_id = u.period_id
                        AND t.client_id = c.client_id
                WHERE u.as_of < :as_of)
   AND NOT EXISTS (SELECT 1 FROM tally t
                    WHERE t.period_id = :period_id
                      AND t.client_id = c.client_id)
 ORDER BY c.name
