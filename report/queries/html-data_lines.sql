-- The lines of the page's data with their findings: what failed, worst first,
-- then what is not known. The first finding of a line is the worst one, and
-- gives what the line says as a whole.
SELECT l.no, m.no, g.severity,
       (l.result = 'unknown') + 2 * (g.waiver IS NOT NULL), l.remedy, g.state,
       h.rule_no, f.account, f.evidence, f.missing, u.id, d.serial,
       days_between(g.first_seen, :as_of), p.holder_names
  FROM temp.html_line l
  CROSS JOIN temp.html_mac m ON m.device_id = l.device_id
  CROSS JOIN device d ON d.device_id = l.device_id
  CROSS JOIN finding g ON g.rowid = l.lead
  CROSS JOIN temp.html_member h
          ON h.device_id = l.device_id AND h.result = l.result
         AND h.remedy = l.remedy
  CROSS JOIN finding f ON f.rowid = h.finding
  CROSS JOIN temp.report_rule u ON u.rule_no = h.rule_no
  LEFT JOIN device_derived p ON p.device_id = l.device_id
 ORDER BY l.result, l.no, h.ord
