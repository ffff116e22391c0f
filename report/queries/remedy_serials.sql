-- The Macs of each remedy, in the order of the devices report.
SELECT t.remedy AS remedy, d.serial AS serial, x.rank AS rank,
       x.device_id AS device_id
  FROM temp.report_remedy t
  CROSS JOIN temp.report_remedy_mac x ON x.no = t.no
  CROSS JOIN device d ON d.device_id = x.device_id
 ORDER BY t.no, x.rank
