-- Accepted risks: all of them, or those that could concern this client.
SELECT w.rule                        AS rule,
       w.client                      AS client,
       w.serial                      AS serial,
       w.account                     AS account,
       w.reason                      AS reason,
       w.owner                       AS owner,
       w.approved_by                 AS approved_by,
       w.ticket                      AS ticket,
       w.expires                     AS expires,
       w.state                       AS state,
       CASE WHEN :client_id = 0 THEN w.matches
            ELSE (SELECT count(*) FROM finding f
                   WHERE f.period_id = :period_id
                     AND f.client_id = :client_id
                     AND f.waiver = w.waiver_id) END
                                     AS matches
  FROM waiver w
 WHERE w.period_id = :period_id
   AND (:client_id = 0
        OR EXISTS (SELECT 1 FROM finding f
                    WHERE f.period_id = :period_id
                      AND f.client_id = :client_id
                      AND f.waiver = w.waiver_id)
        OR (w.client <> '' AND w.client <> '*'
            AND glob_match(w.client, (SELECT name FROM client
                                       WHERE client_id = :client_id))))
 ORDER BY w.rule, w.client, w.serial, w.account, w.expires, w.reason,
          w.waiver_id
