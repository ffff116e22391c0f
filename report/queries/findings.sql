-- Every fail and unknown. Read Mac by Mac, which is cheap; reported in the order
-- of report_finding: severity, rule, client, serial number, account. What is
-- NULL here is filled in by report/feed.c.
SELECT NULL                                  AS finding_id,
       c.name                                AS client,
       d.serial                              AS serial,
       t.name                                AS device_name,
       f.account                             AS account,
       u.id                                  AS rule,
       u.title                               AS title,
       f.severity                            AS severity,
       f.result                              AS result,
       f.state                               AS state,
       f.first_seen                          AS first_seen,
       days_between(f.first_seen, :as_of)    AS days_open,
       coalesce(f.evidence, u.title)         AS evidence,
       replace(f.missing, ' ', ';')          AS missing_facts,
       f.remedy                              AS remedy,
       m.effort                              AS effort,
       f.waiver IS NOT NULL                  AS waived,
       w.reason                              AS waiver_reason,
       w.expires                             AS waiver_expires,
       t.assigned_user                       AS assigned_user,
       t.assigned_email                      AS assigned_email,
       x.last_checkin                        AS last_checkin,
       NULL                                  AS source_file,
       NULL                                  AS source_line,
       NULL                                  AS owner,
       NULL                                  AS due,
       NULL                                  AS comment,
       NULL                                  AS _due,
       NULL                                  AS _decision,
       m.title                               AS _remedy_title,
       severity_rank(f.severity)             AS _severity,
       k.rank                                AS _rank,
       f.device_id                           AS _device_id,
       f.account_id                          AS _account_id,
       f.rule_no                             AS _rule_no,
       x.row_id                              AS _row_id,
       f.rowid                               AS _finding
  FROM temp.report_rank k
  CROSS JOIN device d ON d.device_id = k.device_id
  LEFT JOIN device_text t ON t.device_id = k.device_id
  LEFT JOIN device_fact x ON x.device_id = k.device_id
  CROSS JOIN finding f ON f.period_id = :period_id
                      AND f.device_id = k.device_id
  CROSS JOIN temp.report_rule u ON u.rule_no = f.rule_no
  CROSS JOIN client c ON c.client_id = f.client_id
  LEFT JOIN remedy m ON m.id = f.remedy
  LEFT JOIN waiver w ON w.waiver_id = f.waiver
 WHERE :client_id = 0 OR f.client_id = :client_id
 ORDER BY k.device_id
