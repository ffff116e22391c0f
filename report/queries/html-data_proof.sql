-- The findings whose evidence is in the page, Mac by Mac.
SELECT m.no, f.device_id, f.rule_no, f.account_id, x.row_id
  FROM temp.html_mac m
  CROSS JOIN finding f ON f.period_id = :period_id
                      AND f.device_id = m.device_id
  CROSS JOIN temp.report_rule u ON u.rule_no = f.rule_no
         AND (u.counted OR u.kind = 'cause')
  LEFT JOIN device_fact x ON x.device_id = m.device_id
 WHERE m.no <= :most AND (:client_id = 0 OR f.client_id = :client_id)
 ORDER BY m.no, f.result, f.remedy, severity_rank(f.severity) DESC, f.rule_no,
          f.account, f.rowid
