-- The lines of the page's data: what failed, worst first, then what is not
-- known.
SELECT m.no, f.severity, l.result = 'unknown', l.remedy, f.state,
       days_between(f.first_seen, :as_of), f.waiver IS NOT NULL,
       l.device_id, l.result
  FROM temp.html_line l
  CROSS JOIN temp.html_mac m ON m.device_id = l.device_id
  CROSS JOIN finding f ON f.rowid = l.lead
 ORDER BY l.result, l.no
