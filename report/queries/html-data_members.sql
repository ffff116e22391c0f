-- The findings of one line.
SELECT h.rule_no, f.account, f.evidence, f.missing,
       finding_id(u.id, d.serial, f.account)
  FROM temp.html_member h
  CROSS JOIN finding f ON f.rowid = h.finding
  CROSS JOIN temp.report_rule u ON u.rule_no = h.rule_no
  CROSS JOIN device d ON d.device_id = h.device_id
 WHERE h.device_id = :device_id AND h.result = :result AND h.remedy = :remedy
 ORDER BY h.ord
