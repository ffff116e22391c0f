-- What is wrong with one Mac: a line for each cause and fix.
SELECT f.severity                           AS severity,
       plain('severity', f.severity)        AS severity_word,
       NOT l.fail                           AS unknown,
       nullif(f.evidence, u.title)          AS evidence,
       u.title                              AS title,
       m.title                              AS fix,
       l.remedy                             AS remedy,
       f.waiver IS NOT NULL                 AS accepted,
       f.state IN ('new', 'reopened')       AS is_new,
       nullif((SELECT count(*)
                 FROM finding h
                 CROSS JOIN temp.report_rule w ON w.rule_no = h.rule_no
                        AND (w.counted OR w.kind = 'cause')
                WHERE h.period_id = :period_id AND h.device_id = l.device_id
                  AND h.result = f.result AND h.remedy = l.remedy
                  AND (:client_id = 0 OR h.client_id = :client_id))
              - 1, 0)                       AS others
  FROM temp.html_line l
  CROSS JOIN finding f ON f.rowid = l.lead
  CROSS JOIN temp.report_rule u ON u.rule_no = l.rule_no
  LEFT JOIN remedy m ON m.id = l.remedy
 WHERE l.device_id = :device_id
 ORDER BY NOT l.fail, l.no
