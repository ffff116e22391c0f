-- Names of the custom facts that any Mac of the report has.
SELECT DISTINCT j.key AS name
  FROM temp.report_rank o
  CROSS JOIN device_text t ON t.device_id = o.device_id
  CROSS JOIN json_each(t.custom) j
 WHERE t.custom IS NOT NULL
 ORDER BY 1
