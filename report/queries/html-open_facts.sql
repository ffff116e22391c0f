-- Facts of the core that are to be found out, on Macs whose readiness is not
-- known.
WITH mac AS (
  SELECT v.open
    FROM temp.report_move v
    CROSS JOIN device_result r
            ON r.period_id = :period_id AND r.device_id = v.device_id
   WHERE r.readiness = 'unknown' AND v.open IS NOT NULL
),
fact (title) AS (
  VALUES ('whether it is enrolled'), ('the version of macOS'),
         ('whether it is in Apple Business'), ('the state of FileVault'),
         ('whether the recovery key is stored'),
         ('who holds a secure token'),
         ('whether the bootstrap token is stored'),
         ('which of Mac and server is right about the bootstrap token'),
         ('when it last reported')
)
SELECT f.title                              AS title,
       num(count(*))                        AS devices
  FROM fact f
  JOIN mac m ON instr(m.open, f.title) > 0
 GROUP BY f.title
 ORDER BY count(*) DESC, f.title
