-- Readiness by system version and chip.
SELECT CASE WHEN x.os IS NULL THEN 'macOS not known'
            ELSE 'macOS ' || (x.os / 10000) END AS os,
       coalesce(plain('chip', x.chip), 'chip not known') AS chip,
       num(count(*))                        AS devices,
       num(count(*) FILTER (WHERE r.readiness = 'ready'))        AS ready,
       num(count(*) FILTER (WHERE r.readiness = 'action-first')) AS action_first,
       num(count(*) FILTER (WHERE r.readiness = 'hands-on'))     AS hands_on,
       num(count(*) FILTER (WHERE r.readiness = 'blocked'))      AS blocked,
       num(count(*) FILTER (WHERE r.readiness IN ('', 'unknown')))
                                                                 AS unknown,
       bar(count(*) FILTER (WHERE r.readiness = 'ready') || ' of ' || count(*)
             || ' ready',
           'risk', count(*) FILTER (WHERE r.readiness = 'blocked'),
           'tidy', count(*) FILTER (WHERE r.readiness = 'hands-on'),
           'low', count(*) FILTER (WHERE r.readiness = 'action-first'),
           'unknown', count(*) FILTER (WHERE r.readiness IN ('', 'unknown')),
           'clean', count(*) FILTER (WHERE r.readiness = 'ready')) AS bar
  FROM temp.report_rank o
  CROSS JOIN device_result r
          ON r.period_id = :period_id AND r.device_id = o.device_id
  LEFT JOIN device_fact x ON x.device_id = o.device_id
 GROUP BY x.os / 10000, x.chip
 ORDER BY x.os / 10000 DESC, count(*) DESC, x.chip
