-- Macs by verdict, worst first, with the period before.
WITH word (ord, code, class) AS (
  VALUES (0, 'at-risk', 'risk'), (1, 'undetermined', 'unknown'),
         (2, 'attention', 'tidy'), (3, 'partial', 'partial'),
         (4, 'clean', 'clean')
),
now AS (
  SELECT r.verdict, count(*) AS n
    FROM temp.report_rank o
    CROSS JOIN device_result r
            ON r.period_id = :period_id AND r.device_id = o.device_id
   GROUP BY r.verdict
),
before AS (
  SELECT verdict, count(*) AS n
    FROM device_result
   WHERE period_id = :before_id
     AND (:client_id = 0 OR client_id = :client_id)
   GROUP BY verdict
)
SELECT w.class                              AS class,
       w.code                               AS code,
       plain('verdict', w.code)             AS title,
       plain('verdict-note', w.code)        AS note,
       coalesce(n.n, 0)                     AS n,
       num(coalesce(n.n, 0))                AS devices,
       pct(coalesce(n.n, 0), :n_devices)    AS share,
       CASE WHEN :before_id > 0 THEN num(coalesce(b.n, 0)) END AS before,
       CASE WHEN :before_id > 0
            THEN signed(coalesce(n.n, 0) - coalesce(b.n, 0)) END AS change
  FROM word w
  LEFT JOIN now n ON n.verdict = w.code
  LEFT JOIN before b ON b.verdict = w.code
 ORDER BY w.ord
