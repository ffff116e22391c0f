-- What to do, and on how many Macs: failed findings that nobody accepted.
SELECT m.id                              AS remedy,
       m.title                           AS title,
       m.effort                          AS effort,
       count(DISTINCT f.device_id)       AS devices,
       count(DISTINCT CASE WHEN f.account <> ''
                           THEN f.device_id || '/' || fold(f.account) END)
                                         AS accounts,
       NULL                              AS serials,
       m.who                             AS who,
       m.minutes                         AS minutes
  FROM temp.report_finding o
  CROSS JOIN finding f ON f.rowid = o.finding
  CROSS JOIN temp.report_rule u ON u.rule_no = o.rule_no AND u.counted
  CROSS JOIN remedy m ON m.id = f.remedy
 WHERE f.result = 'fail' AND f.waiver IS NULL
 GROUP BY m.id
 ORDER BY CAST(substr(m.id, 2) AS INTEGER), m.id
