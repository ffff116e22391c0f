-- Readiness by client and site.
SELECT c.name                               AS client,
       coalesce(nullif(t.site, ''), 'no site named') AS site,
       num(count(*))                        AS devices,
       num(count(*) FILTER (WHERE r.readiness = 'ready'))        AS ready,
       num(count(*) FILTER (WHERE r.readiness = 'action-first')) AS action_first,
       num(count(*) FILTER (WHERE r.readiness = 'hands-on'))     AS hands_on,
       num(count(*) FILTER (WHERE r.readiness = 'blocked'))      AS blocked,
       num(count(*) FILTER (WHERE r.readiness IN ('', 'unknown')))
                                                                 AS unknown
  FROM temp.report_device o
  CROSS JOIN device_result r
          ON r.period_id = :period_id AND r.device_id = o.device_id
  CROSS JOIN client c ON c.client_id = o.client_id
  LEFT JOIN device_text t ON t.device_id = o.device_id
 GROUP BY c.name, t.site
 ORDER BY c.name, count(*) DESC, t.site
 LIMIT 60
