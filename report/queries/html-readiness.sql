-- Macs by readiness for the move; the five add up to all of them.
WITH word (ord, code, class) AS (
  VALUES (0, 'blocked', 'risk'), (1, 'hands-on', 'tidy'),
         (2, 'action-first', 'low'), (3, 'unknown', 'unknown'),
         (4, 'ready', 'clean')
),
now AS (
  SELECT CASE r.readiness WHEN '' THEN 'unknown' ELSE r.readiness END AS code,
         count(*) AS n
    FROM temp.report_rank o
    CROSS JOIN device_result r
            ON r.period_id = :period_id AND r.device_id = o.device_id
   GROUP BY 1
)
SELECT w.class                              AS class,
       w.code                               AS code,
       plain('readiness', w.code)           AS title,
       plain('readiness-note', w.code)      AS note,
       coalesce(n.n, 0)                     AS n,
       num(coalesce(n.n, 0))                AS devices,
       pct(coalesce(n.n, 0), :n_devices)    AS share
  FROM word w
  LEFT JOIN now n ON n.code = w.code
 ORDER BY w.ord
