-- The Macs of one block.
SELECT m.no                                 AS no,
       m.device_id                          AS device_id,
       d.serial                             AS serial,
       nullif(t.name, '')                   AS name,
       nullif(t.assigned_user, '')          AS person,
       nullif(t.asset_tag, '')              AS asset,
       nullif(t.site, '')                   AS site,
       c.name                               AS client,
       nullif(t.os_version, '')             AS os,
       plain('chip', x.chip)                AS chip,
       day(x.last_checkin)                  AS seen,
       r.stale                              AS silent,
       CASE r.verdict WHEN 'at-risk' THEN 'risk'
                      WHEN 'undetermined' THEN 'unknown'
                      WHEN 'attention' THEN 'tidy' ELSE r.verdict END
                                            AS class,
       plain('verdict', r.verdict)          AS verdict
  FROM temp.html_mac m
  CROSS JOIN device_result r
          ON r.period_id = :period_id AND r.device_id = m.device_id
  CROSS JOIN device d ON d.device_id = m.device_id
  CROSS JOIN client c ON c.client_id = r.client_id
  LEFT JOIN device_text t ON t.device_id = m.device_id
  LEFT JOIN device_fact x ON x.device_id = m.device_id
 WHERE m.no BETWEEN :from_no AND :to_no
 ORDER BY m.no
