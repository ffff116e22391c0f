-- Macs by readiness for the move; the five add up to all of them.
SELECT count(*)                                                AS devices,
       count(*) FILTER (WHERE r.readiness = 'ready')           AS ready,
       count(*) FILTER (WHERE r.readiness = 'action-first')    AS action_first,
       count(*) FILTER (WHERE r.readiness = 'hands-on')        AS hands_on,
       count(*) FILTER (WHERE r.readiness = 'blocked')         AS blocked,
       count(*) FILTER (WHERE r.readiness IN ('unknown', ''))  AS unknown,
       count(*) FILTER (WHERE r.readiness <> '')               AS judged
  FROM temp.report_rank o
  CROSS JOIN device_result r
          ON r.period_id = :period_id AND r.device_id = o.device_id
