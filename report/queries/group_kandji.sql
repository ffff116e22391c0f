-- Kandji / Iru: one row a Mac with the tag it should get.
SELECT d.serial                     AS serial_number,
       'muster-' || lower(r.remedy) AS tag
  FROM temp.report_remedy r
  CROSS JOIN temp.report_remedy_mac x ON x.no = r.no
  CROSS JOIN device d ON d.device_id = x.device_id
 ORDER BY r.no, x.rank
