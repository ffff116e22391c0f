-- A short message a person and Mac, for fixes that the person can do.
SELECT c.name                                        AS client,
       coalesce(t.assigned_user, t.assigned_email)   AS person,
       t.assigned_email                              AS address,
       d.serial                                      AS serial,
       'Your Mac ' || coalesce(t.name, d.serial) || ' needs a few minutes'
                                                     AS subject,
       'Hello ' || coalesce(t.assigned_user, 'there')
         || ', your Mac ' || coalesce(t.name || ' (' || d.serial || ')',
                                      d.serial)
         || ' needs your help: '
         || CASE m.id
              WHEN 'R0' THEN 'please log out and in again once, while you are'
                || ' on the network, and do not restart before that.'
              WHEN 'R2' THEN 'please log out and in again once, while you are'
                || ' on the network, and do not restart before that.'
              WHEN 'R16' THEN 'please open System Settings, look for the'
                || ' request to manage this Mac, and approve it.'
              WHEN 'R19' THEN 'please install the update of macOS that is'
                || ' offered in System Settings.'
              ELSE m.plain
            END
         || ' It takes about ' || m.minutes || ' minutes. Thank you!'
                                                     AS message,
       m.id                                          AS remedy
  FROM temp.report_remedy r
  CROSS JOIN remedy m ON m.id = r.remedy AND m.who = 'user'
  CROSS JOIN temp.report_remedy_mac x ON x.no = r.no
  CROSS JOIN device d ON d.device_id = x.device_id
  CROSS JOIN device_result v
          ON v.period_id = :period_id AND v.device_id = x.device_id
  CROSS JOIN client c ON c.client_id = v.client_id
  CROSS JOIN device_text t ON t.device_id = x.device_id
 WHERE (t.assigned_user IS NOT NULL OR t.assigned_email IS NOT NULL)
   AND (NOT :new_only
        OR EXISTS (SELECT 1 FROM finding f
                    WHERE f.period_id = :period_id
                      AND f.device_id = x.device_id
                      AND f.remedy = m.id
                      AND f.state IN ('new', 'reopened')))
 ORDER BY x.rank, r.no
