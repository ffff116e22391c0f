-- Expected Macs that no export reported, and reported ones on no list.
SELECT g.client AS client, g.state AS state, g.serial AS serial
  FROM expectation_gap g
 WHERE g.period_id = :period_id
   AND (:client_id = 0
        OR g.client = (SELECT name FROM client WHERE client_id = :client_id))
 ORDER BY g.client, g.state, g.serial
