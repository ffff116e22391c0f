-- Is the fleet complete? One row where there is a list of serials.
SELECT e.title                                           AS title,
       num(sum(e.expected))                              AS expected,
       num(sum(e.found))                                 AS found,
       num(sum(e.missing))                               AS missing,
       sum(e.missing)                                    AS n_missing,
       num(sum(e.unexpected))                            AS unexpected,
       sum(e.unexpected)                                 AS n_unexpected,
       (SELECT group_concat(serial, ', ')
          FROM (SELECT g.serial
                  FROM expectation_gap g
                 WHERE g.period_id = :period_id AND g.state = 'missing'
                   AND (:client_id = 0
                        OR g.client = (SELECT name FROM client
                                        WHERE client_id = :client_id))
                 ORDER BY g.serial LIMIT 200))           AS missing_serials,
       (SELECT group_concat(serial, ', ')
          FROM (SELECT g.serial
                  FROM expectation_gap g
                 WHERE g.period_id = :period_id AND g.state = 'unexpected'
                   AND (:client_id = 0
                        OR g.client = (SELECT name FROM client
                                        WHERE client_id = :client_id))
                 ORDER BY g.serial LIMIT 200))           AS unexpected_serials
  FROM expectation e
 WHERE e.period_id = :period_id
   AND (:client_id = 0
        OR e.client = (SELECT name FROM client WHERE client_id = :client_id))
HAVING count(*) > 0
