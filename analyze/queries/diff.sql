-- What became of each finding. Where nothing was judged between the two
-- periods (:next), what is new stands in the findings themselves.
WITH changed AS (
  SELECT CASE
           WHEN a.rule IS NULL AND :next THEN b.state
           WHEN a.rule IS NULL AND v.device_id IS NULL THEN 'new'
           WHEN a.rule IS NULL
                AND (u.id IS NULL OR CAST(substr(v.results, u.rule_no + 1, 1)
                                     AS TEXT) IN ('C', 'E'))
           THEN 'measured'
           WHEN a.rule IS NULL
                AND EXISTS (SELECT 1
                              FROM run p
                              JOIN run l ON l.period_id = :from
                              JOIN finding f ON f.period_id = p.period_id
                              JOIN rule r ON r.period_id = p.period_id
                                         AND r.rule_no = f.rule_no
                             WHERE p.period < l.period
                               AND p.period_id <> :to
                               AND f.device_id = b.device_id
                               AND r.id = b.rule
                               AND fold(f.account) = b.account)
           THEN 'reopened'
           WHEN a.rule IS NULL THEN 'new'
           WHEN a.result = 'unknown' AND b.result = 'fail' THEN 'worse'
           WHEN a.result = 'fail' AND b.result = 'unknown' THEN 'unclear'
           WHEN diff_rank(b.severity) > diff_rank(a.severity) THEN 'worse'
           WHEN diff_rank(b.severity) < diff_rank(a.severity) THEN 'better'
           ELSE 'open'
         END AS change,
         b.rule, b.client_id, b.device_id, b.shown,
         a.result || ' ' || a.severity AS before,
         b.result || ' ' || b.severity AS after,
         diff_rank(b.severity) AS rank, b.evidence, b.waived,
         b.counted
    FROM diff_after b
    LEFT JOIN diff_before a ON a.device_id = b.device_id
                           AND a.rule = b.rule AND a.account = b.account
    LEFT JOIN rule u ON u.period_id = :from AND u.id = b.rule
    LEFT JOIN device_result v ON v.period_id = :from
                             AND v.device_id = b.device_id
  UNION ALL
  SELECT CASE
           WHEN v.device_id IS NULL THEN 'gone'
           WHEN u.id IS NULL OR CAST(substr(v.results, u.rule_no + 1, 1)
                                AS TEXT) IN ('C', 'E')
           THEN 'unmeasured'
           WHEN v.stale AND CAST(substr(v.results, u.rule_no + 1, 1) AS TEXT)
                            = 'P'
           THEN CASE a.result WHEN 'fail' THEN 'unclear' ELSE 'open' END
           ELSE 'resolved'
         END,
         a.rule, a.client_id, a.device_id, a.shown,
         a.result || ' ' || a.severity, NULL, diff_rank(a.severity), NULL, 0,
         0
    FROM diff_before a
    LEFT JOIN diff_after b ON b.device_id = a.device_id
                          AND b.rule = a.rule AND b.account = a.account
    LEFT JOIN rule u ON u.period_id = :to AND u.id = a.rule
    LEFT JOIN device_result v ON v.period_id = :to
                             AND v.device_id = a.device_id
                             AND (:client_id = 0 OR v.client_id = :client_id)
   WHERE b.rule IS NULL
)
SELECT x.change, x.rule, c.name, d.serial, x.shown, x.before, x.after, x.rank,
       x.evidence, x.waived, x.counted
  FROM changed x
  JOIN client c ON c.client_id = x.client_id
  JOIN device d ON d.device_id = x.device_id
 WHERE x.change = :change OR :change = ''
 ORDER BY x.rank DESC, x.rule, c.name, d.serial, x.shown
