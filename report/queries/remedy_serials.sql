-- The Macs of each remedy, in the order of the devices report.
SELECT DISTINCT f.remedy AS remedy, d.serial AS serial, k.rank AS rank,
       o.client_id AS client_id, d.device_id AS device_id
  FROM temp.report_finding o
  CROSS JOIN finding f ON f.rowid = o.finding
  CROSS JOIN temp.report_rule u ON u.rule_no = o.rule_no AND u.counted
  CROSS JOIN temp.report_rank k ON k.device_id = o.device_id
  CROSS JOIN device d ON d.device_id = o.device_id
 WHERE f.result = 'fail' AND f.waiver IS NULL
 ORDER BY CAST(substr(f.remedy, 2) AS INTEGER), f.remedy, k.rank
