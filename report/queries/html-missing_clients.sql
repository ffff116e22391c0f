-- Clients of earlier periods of which this one has nothing.
SELECT c.name AS name,
       (SELECT u.period
          FROM tally t JOIN run u ON u.period_id = t.period_id
         WHERE t.client_id = c.client_id AND u.as_of < :as_of
         ORDER BY u.as_of DESC LIMIT 1) AS last_period
  FROM client c
 WHERE :client_id = 0
   AND EXISTS (SELECT 1 FROM tally t JOIN run u ON u.period_id = t.period_id
                WHERE t.client_id = c.client_id AND u.as_of < :as_of)
   AND NOT EXISTS (SELECT 1 FROM tally t
                    WHERE t.period_id = :period_id
                      AND t.client_id = c.client_id)
 ORDER BY c.name
