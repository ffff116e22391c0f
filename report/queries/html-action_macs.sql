-- The Macs of a fix with their people, worst first. Where the worst finding of a
-- line is an accepted risk, the next one asks for the fix.
SELECT d.serial                             AS serial,
       nullif(t.name, '')                   AS name,
       nullif(t.assigned_user, '')          AS person,
       nullif(t.assigned_email, '')         AS email,
       nullif(t.asset_tag, '')              AS asset,
       nullif(t.site, '')                   AS site,
       c.name                               AS client,
       l.severity                           AS rank,
       f.severity                           AS severity,
       plain('severity', f.severity)        AS severity_word,
       coalesce(f.evidence, u.title)        AS evidence
  FROM temp.html_line l
  CROSS JOIN finding f
          ON f.rowid = (SELECT h.rowid
                          FROM finding h
                          CROSS JOIN temp.report_rule v
                                  ON v.rule_no = h.rule_no AND v.counted
                         WHERE h.period_id = :period_id
                           AND h.device_id = l.device_id
                           AND h.result = 'fail' AND h.remedy = l.remedy
                           AND h.waiver IS NULL
                           AND (:client_id = 0 OR h.client_id = :client_id)
                         ORDER BY severity_rank(h.severity) DESC, h.rule_no,
                                  h.account, h.rowid
                         LIMIT 1)
  CROSS JOIN temp.report_rule u ON u.rule_no = f.rule_no
  CROSS JOIN device d ON d.device_id = l.device_id
  CROSS JOIN client c ON c.client_id = f.client_id
  LEFT JOIN device_text t ON t.device_id = l.device_id
 WHERE l.remedy = :remedy AND l.fail
 ORDER BY l.no
 LIMIT 25
