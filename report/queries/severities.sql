-- Findings by severity: failed, undetermined, accepted.
SELECT s.severity                                             AS severity,
       count(f.rowid) FILTER (WHERE f.result = 'fail')        AS fail,
       count(f.rowid) FILTER (WHERE f.result = 'unknown')     AS unknown,
       count(f.rowid) FILTER (WHERE f.waiver IS NOT NULL)     AS accepted,
       count(DISTINCT CASE WHEN f.result = 'fail' THEN f.device_id END)
                                                              AS devices
  FROM (SELECT 4 AS rank, 'critical' AS severity UNION ALL
        SELECT 3, 'high' UNION ALL SELECT 2, 'medium' UNION ALL
        SELECT 1, 'low' UNION ALL SELECT 0, 'info') s
  LEFT JOIN temp.report_finding o ON o.severity = s.rank
  LEFT JOIN finding f ON f.rowid = o.finding
 GROUP BY s.rank
 ORDER BY s.rank DESC
