-- The changes report in numbers; see changes.sql for the words.
SELECT x.change AS change, count(*) AS findings,
       count(DISTINCT x.device_id) AS devices
  FROM (
  SELECT o.device_id,
         CASE
           WHEN f.state IN ('new', 'reopened', 'measured') THEN f.state
           WHEN b.result = 'unknown' AND f.result = 'fail' THEN 'worse'
           WHEN b.result = 'fail' AND f.result = 'unknown' THEN 'unclear'
           WHEN severity_rank(f.severity) > severity_rank(b.severity)
           THEN 'worse'
           WHEN severity_rank(f.severity) < severity_rank(b.severity)
           THEN 'better'
           ELSE 'open'
         END AS change
    FROM temp.report_finding o
    CROSS JOIN finding f ON f.rowid = o.finding
    LEFT JOIN temp.report_before b
           ON b.device_id = o.device_id AND b.rule_no = o.rule_no
          AND b.account = fold(f.account)
  UNION ALL
  SELECT b.device_id,
         CASE
           WHEN r.device_id IS NULL THEN 'gone'
           WHEN result_word(r.results, b.rule_no) IN ('notchecked', 'error')
           THEN 'unmeasured'
           WHEN r.stale AND result_word(r.results, b.rule_no) = 'pass'
           THEN CASE b.result WHEN 'fail' THEN 'unclear' ELSE 'open' END
           ELSE 'resolved'
         END
    FROM temp.report_before b
    LEFT JOIN device_result r
           ON r.period_id = :period_id AND r.device_id = b.device_id
          AND (:client_id = 0 OR r.client_id = :client_id)
   WHERE NOT b.seen) x
 GROUP BY x.change
 ORDER BY x.change
