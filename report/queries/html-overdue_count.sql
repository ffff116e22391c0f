-- Macs with something open longer than it should be.
SELECT count(DISTINCT o.device_id)                            AS n_overdue,
       num(count(DISTINCT o.device_id))                       AS overdue_macs,
       plural(count(DISTINCT o.device_id), 'Mac', 'Macs')     AS overdue_word,
       count(DISTINCT o.device_id || '/' || o.remedy)         AS n_overdue_lines
  FROM temp.report_finding o
  CROSS JOIN temp.report_rule u ON u.rule_no = o.rule_no AND u.counted
 WHERE o.fail AND NOT o.accepted AND o.severity >= 2
   AND :as_of - o.first_seen > 86400 * CASE o.severity WHEN 4 THEN 14
                                       WHEN 3 THEN 30 ELSE 90 END
