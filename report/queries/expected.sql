-- The fleet against lists of serials: one row a list.
SELECT e.client AS client, e.title AS list, e.expected AS expected,
       e.found AS found, e.missing AS missing, e.unexpected AS unexpected
  FROM expectation e
 WHERE e.period_id = :period_id
   AND (:client_id = 0
        OR e.client = (SELECT name FROM client WHERE client_id = :client_id))
 ORDER BY e.client
