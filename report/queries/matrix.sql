-- Every Mac, and by the letters of device_result.results every rule; reported by
-- client and serial number.
SELECT c.name      AS client,
       d.serial    AS serial,
       t.name      AS device_name,
       r.results   AS _results,
       o.rank      AS _rank
  FROM temp.report_rank o
  CROSS JOIN device_result r
          ON r.period_id = :period_id AND r.device_id = o.device_id
  CROSS JOIN device d ON d.device_id = o.device_id
  CROSS JOIN client c ON c.client_id = r.client_id
  LEFT JOIN device_text t ON t.device_id = o.device_id
 ORDER BY o.device_id
