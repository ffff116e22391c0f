-- What differs from the period before. Rules are matched by id and accounts
-- without case. A finding that is gone because it is no longer measured is not
-- called resolved, and neither is one of a Mac that no longer reports: its
-- passes count as unknown.
WITH changed AS (
  SELECT d.serial, f.account, u.id AS rule, o.client_id, o.severity AS rank,
         CASE
           WHEN f.state IN ('new', 'reopened', 'measured') THEN f.state
           WHEN b.result = 'unknown' AND f.result = 'fail' THEN 'worse'
           WHEN b.result = 'fail' AND f.result = 'unknown' THEN 'unclear'
           WHEN severity_rank(f.severity) > severity_rank(b.severity)
           THEN 'worse'
           WHEN severity_rank(f.severity) < severity_rank(b.severity)
           THEN 'better'
         END AS change,
         b.result || ' ' || b.severity AS before,
         f.result || ' ' || f.severity AS after
    FROM temp.report_finding o
    CROSS JOIN finding f ON f.rowid = o.finding
    CROSS JOIN temp.report_rule u ON u.rule_no = o.rule_no
    CROSS JOIN device d ON d.device_id = o.device_id
    LEFT JOIN temp.report_before b
           ON b.device_id = o.device_id AND b.rule_no = o.rule_no
          AND b.account = fold(f.account)
   WHERE :before_id > 0
  UNION ALL
  SELECT d.serial, b.shown, u.id, b.client_id, severity_rank(b.severity),
         CASE
           WHEN r.device_id IS NULL THEN 'gone'
           WHEN result_word(r.results, b.rule_no) IN ('notchecked', 'error')
           THEN 'unmeasured'
           WHEN r.stale AND result_word(r.results, b.rule_no) = 'pass'
           THEN CASE b.result WHEN 'fail' THEN 'unclear' END
           ELSE 'resolved'
         END,
         b.result || ' ' || b.severity,
         CASE WHEN r.stale AND result_word(r.results, b.rule_no) = 'pass'
              THEN 'unknown'
              WHEN u.scope = 'device'
              THEN result_word(r.results, b.rule_no) END
    FROM temp.report_before b
    CROSS JOIN temp.report_rule u ON u.rule_no = b.rule_no
    CROSS JOIN device d ON d.device_id = b.device_id
    LEFT JOIN device_result r
           ON r.period_id = :period_id AND r.device_id = b.device_id
          AND (:client_id = 0 OR r.client_id = :client_id)
   WHERE NOT b.seen
)
SELECT finding_id(x.rule, x.serial, x.account) AS finding_id,
       c.name     AS client,
       x.serial   AS serial,
       x.account  AS account,
       x.rule     AS rule,
       x.change   AS change,
       x.before   AS before,
       x.after    AS after
  FROM changed x
  JOIN client c ON c.client_id = x.client_id
 WHERE x.change IS NOT NULL
 ORDER BY x.rank DESC, x.rule, c.name, x.serial, x.account
