-- Facts on which sources disagree: neither side is taken for true.
SELECT d.serial                             AS serial,
       nullif(c.account, '')                AS account,
       coalesce(plain('fact', c.fact), c.fact) AS fact,
       group_concat(c.value || ' (' || coalesce(i.file, '?') || ':' || c.line
                    || ')', '; ')           AS said
  FROM (SELECT * FROM conflict
         WHERE period_id = :period_id
         ORDER BY device_id, account, fact, value, import_id, line) c
  JOIN temp.report_rank k ON k.device_id = c.device_id
  JOIN device d ON d.device_id = c.device_id
  LEFT JOIN import i ON i.import_id = c.import_id
 GROUP BY k.rank, c.account, c.fact
 ORDER BY k.rank, c.account, c.fact
 LIMIT 30
