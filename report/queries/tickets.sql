-- One row a Mac and fix: what failed, is counted and is not accepted.
SELECT finding_id(m.id, d.serial, '')                AS ticket_id,
       c.name                                        AS client,
       d.serial                                      AS serial,
       t.name                                        AS device_name,
       t.asset_tag                                   AS asset_tag,
       t.assigned_user                               AS assigned_user,
       t.assigned_email                              AS assigned_email,
       severity_word(max(o.severity))                AS severity,
       m.id                                          AS remedy,
       m.title                                       AS title,
       m.who                                         AS who,
       m.effort                                      AS effort,
       m.minutes                                     AS minutes,
       count(*)                                      AS findings,
       group_concat(DISTINCT u.id)                   AS rules,
       group_concat(coalesce(f.evidence, u.title)
                    || CASE WHEN f.account <> ''
                            THEN ' (' || f.account || ')' ELSE '' END, '; ')
                                                     AS why,
       min(f.first_seen)                             AS first_seen,
       CASE WHEN sum(f.state IN ('new', 'reopened')) > 0 THEN 'new'
            ELSE 'open' END                          AS state,
       min(y.owner)                                  AS owner,
       iso_date(min(y.due))                          AS due
  FROM temp.report_finding o
  CROSS JOIN finding f ON f.rowid = o.finding
  CROSS JOIN temp.report_rule u ON u.rule_no = o.rule_no AND u.counted
  CROSS JOIN remedy m ON m.id = o.remedy
  CROSS JOIN device d ON d.device_id = o.device_id
  CROSS JOIN client c ON c.client_id = o.client_id
  CROSS JOIN temp.report_rank k ON k.device_id = o.device_id
  LEFT JOIN device_text t ON t.device_id = o.device_id
  LEFT JOIN temp.report_work y
         ON y.finding_id = finding_id(u.id, d.serial, f.account)
        AND y.client = c.name
 WHERE o.fail AND NOT o.accepted
 GROUP BY k.rank, m.id
HAVING NOT :new_only OR sum(f.state IN ('new', 'reopened')) > 0
 ORDER BY max(o.severity) DESC, k.rank, CAST(substr(m.id, 2) AS INTEGER), m.id
