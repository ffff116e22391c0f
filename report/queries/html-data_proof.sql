-- The findings whose evidence is in the page, Mac by Mac.
SELECT m.no, h.device_id, h.rule_no, f.account_id, x.row_id
  FROM temp.html_mac m
  CROSS JOIN temp.html_member h ON h.device_id = m.device_id
  CROSS JOIN finding f ON f.rowid = h.finding
  LEFT JOIN device_fact x ON x.device_id = m.device_id
 WHERE m.no <= :most
 ORDER BY m.no, h.result, h.remedy, h.ord
