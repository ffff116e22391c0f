-- Risks accepted in sheets, in the columns of a list of accepted risks: of each
-- finding of the period what the newest sheet of this period or an earlier one
-- decides, where the Mac is still of that client. A day counts to its end.
SELECT w.rule, w.client, w.serial, w.account, w.comment, w.owner, '', '',
       w.due + 86399
  FROM (SELECT w.*,
               row_number() OVER (PARTITION BY w.finding_id, w.client
                                  ORDER BY i.period DESC, i.import_id DESC)
                 AS place
          FROM work w
          JOIN import i ON i.import_id = w.import_id
          JOIN run r ON r.period_id = :period_id
         WHERE NOT i.superseded AND i.period <= r.period) w
 WHERE w.place = 1 AND w.decision = :accepts
   AND EXISTS (SELECT 1
                 FROM device d
                 CROSS JOIN finding f ON f.period_id = :period_id
                                     AND f.device_id = d.device_id
                 JOIN rule u ON u.period_id = f.period_id
                            AND u.rule_no = f.rule_no
                 JOIN client c ON c.client_id = f.client_id
                WHERE d.serial = upper(w.serial) AND u.id = w.rule
                  AND c.name = w.client AND fold(f.account) = fold(w.account))
 ORDER BY w.client, w.finding_id
