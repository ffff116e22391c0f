-- What Macs cannot do now, for certain or perhaps; kept once a report.
WITH word (code) AS (
  VALUES ('unlock'), ('rescue'), ('recoveryos'), ('update'),
         ('updates-by-server'), ('erase'), ('grant'), ('auto'), ('enable'),
         ('settings'), ('kexts'), ('boot-policy'), ('psso')
),
combination AS (
  SELECT ' ' || r.lost || ' ' AS lost, ' ' || r.perhaps_lost || ' ' AS perhaps,
         count(*) AS n
    FROM temp.report_rank o
    CROSS JOIN device_result r
            ON r.period_id = :period_id AND r.device_id = o.device_id
   WHERE r.lost <> '' OR r.perhaps_lost <> ''
   GROUP BY r.lost, r.perhaps_lost
),
counted AS (
  SELECT w.code,
         coalesce(sum(c.n) FILTER (
           WHERE instr(c.lost, ' ' || w.code || ' ')), 0) AS lost,
         coalesce(sum(c.n) FILTER (
           WHERE instr(c.perhaps, ' ' || w.code || ' ')
             AND NOT instr(c.lost, ' ' || w.code || ' ')), 0) AS perhaps
    FROM word w, combination c
   GROUP BY w.code
)
SELECT code                                 AS code,
       plain('capability', code)            AS title,
       plain('capability-why', code)        AS why,
       num(lost)                            AS lost,
       lost                                 AS n_lost,
       pct(lost, (SELECT count(*) FROM temp.report_device))                AS share,
       num(perhaps)                         AS perhaps,
       bar(lost || ' cannot, ' || perhaps || ' not known yet',
           'risk', lost, 'unknown', perhaps,
           'none', (SELECT count(*) FROM temp.report_device) - lost - perhaps) AS bar
  FROM counted
 WHERE lost > 0 OR perhaps > 0
 ORDER BY lost DESC, perhaps DESC, code
