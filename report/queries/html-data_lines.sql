-- The findings of the page's Macs, Mac by Mac; report/html_lines.c makes lines
-- of them.
SELECT m.device_id, m.no, d.serial, p.holder_names, f.rowid, f.rule_no,
       severity_rank(f.severity), f.severity, f.result = 'fail',
       f.waiver IS NOT NULL, f.remedy, f.state,
       days_between(f.first_seen, :as_of), f.account, f.evidence, f.missing,
       u.id
  FROM temp.html_mac m
  CROSS JOIN device d ON d.device_id = m.device_id
  LEFT JOIN device_derived p ON p.device_id = m.device_id
  CROSS JOIN finding f ON f.period_id = :period_id
                      AND f.device_id = m.device_id
  CROSS JOIN temp.report_rule u ON u.rule_no = f.rule_no
         AND (u.counted OR u.kind = 'cause')
 WHERE :client_id = 0 OR f.client_id = :client_id
 ORDER BY m.device_id
