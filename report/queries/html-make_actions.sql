-- What to do, kept once a report: fixes with the Macs they are for. The reason told
-- is that of the check which asks for this fix first, else of the commonest one.
WITH told AS (
  SELECT c.remedy, u.why, u.title,
         max(c.severity) OVER (PARTITION BY c.remedy) AS rank,
         row_number() OVER (PARTITION BY c.remedy
                            ORDER BY c.severity >= 3 DESC,
                                     instr(u.fix || ' ', c.remedy || ' ') = 1
                                       DESC,
                                     c.devices DESC, c.rule_no) AS place
    FROM temp.report_cause c
    JOIN temp.report_rule u ON u.rule_no = c.rule_no
),
word (rank, code) AS (
  VALUES (4, 'critical'), (3, 'high'), (2, 'medium'), (1, 'low'), (0, 'info')
)
SELECT r.remedy                             AS remedy,
       r.title                              AS title,
       nullif(m.plain, '')                  AS plain,
       nullif(m.risk, '')                   AS risk,
       code(nullif(m.verify, ''))           AS verify,
       plain('who', r.who)                  AS who,
       plain('effort', r.effort)            AS effort,
       num(r.devices)                       AS devices,
       r.devices                            AS n,
       plural(r.devices, 'Mac', 'Macs')     AS macs,
       num(r.minutes * r.devices / 60)      AS hours,
       r.minutes * r.devices / 60           AS n_hours,
       w.code                               AS severity,
       plain('severity', w.code)            AS severity_word,
       num(nullif(t.fresh, 0))              AS news,
       nullif(t.fresh, 0)                   AS n_news,
       x.why                                AS why,
       x.title                              AS problem,
       max(r.devices - 2000, 0)             AS n_more,
       num(max(r.devices - 2000, 0))        AS more,
       max(r.devices - 25, 0)               AS n_more_macs,
       num(max(r.devices - 25, 0))          AS more_macs
  FROM temp.html_remedies r
  JOIN remedy m ON m.id = r.remedy
  JOIN told x ON x.remedy = r.remedy AND x.place = 1
  JOIN word w ON w.rank = x.rank
  JOIN temp.report_remedy t ON t.remedy = r.remedy
 ORDER BY x.rank DESC, r.devices DESC, r.remedy
