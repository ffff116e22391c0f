-- What to do, worst first: fixes with the Macs they are for.
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
       x.severity                           AS severity,
       plain('severity', x.severity)        AS severity_word,
       num(x.news)                          AS news,
       x.news                               AS n_news,
       x.why                                AS why,
       x.title                              AS problem,
       max(r.devices - 2000, 0)             AS n_more,
       num(max(r.devices - 2000, 0))        AS more
  FROM temp.html_remedies r
  JOIN remedy m ON m.id = r.remedy
  JOIN (SELECT f.remedy, f.severity, min(o.ord) AS ord, u.why, u.title,
               count(DISTINCT CASE WHEN f.state IN ('new', 'reopened')
                                   THEN f.device_id END) AS news
          FROM temp.report_finding o
          CROSS JOIN finding f ON f.rowid = o.finding
          CROSS JOIN temp.report_rule u ON u.rule_no = o.rule_no AND u.counted
         WHERE f.result = 'fail' AND f.waiver IS NULL
         GROUP BY f.remedy) x ON x.remedy = r.remedy
 ORDER BY severity_rank(x.severity) DESC, r.devices DESC, r.remedy
