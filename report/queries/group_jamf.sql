-- Jamf Pro: one row a Mac, for a mass import into static groups.
SELECT 'muster ' || r.remedy || ' ' || m.title AS "group",
       d.serial                                AS serial_number
  FROM temp.report_remedy r
  CROSS JOIN remedy m ON m.id = r.remedy
  CROSS JOIN temp.report_remedy_mac x ON x.no = r.no
  CROSS JOIN device d ON d.device_id = x.device_id
 ORDER BY r.no, x.rank
