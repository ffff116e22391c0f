-- Clients, the worst first: by the share of Macs at risk, then not known.
WITH macs AS (
  SELECT client_id,
         count(*)                                          AS devices,
         count(*) FILTER (WHERE verdict = 'at-risk')       AS at_risk,
         count(*) FILTER (WHERE verdict = 'undetermined')  AS undetermined,
         count(*) FILTER (WHERE verdict = 'attention')     AS attention,
         count(*) FILTER (WHERE verdict IN ('clean', 'partial')) AS fine,
         count(*) FILTER (WHERE stale)                     AS not_reporting
    FROM device_result
   WHERE period_id = :period_id
   GROUP BY client_id
),
before AS (
  SELECT client_id, count(*) FILTER (WHERE verdict = 'at-risk') AS at_risk
    FROM device_result
   WHERE period_id = :before_id
   GROUP BY client_id
),
late AS (
  SELECT o.client_id, count(DISTINCT o.device_id) AS macs
    FROM temp.report_finding o
    CROSS JOIN finding f ON f.rowid = o.finding
    CROSS JOIN temp.report_rule u ON u.rule_no = o.rule_no AND u.counted
   WHERE o.fail AND NOT o.accepted AND o.severity >= 2
     AND :as_of - f.first_seen > 86400 * CASE o.severity WHEN 4 THEN 14
                                         WHEN 3 THEN 30 ELSE 90 END
   GROUP BY o.client_id
),
rate AS (
  SELECT t.client_id,
         sum(t.count) FILTER (WHERE t.result = 'pass') AS pass,
         sum(t.count) FILTER (WHERE t.result = 'fail') AS fail
    FROM tally t
    JOIN temp.report_rule u ON u.rule_no = t.rule_no AND u.counted
   WHERE t.period_id = :period_id
   GROUP BY t.client_id
)
SELECT c.name                      AS client,
       m.devices                   AS devices,
       m.at_risk                   AS at_risk,
       m.undetermined              AS undetermined,
       m.attention                 AS attention,
       m.fine                      AS clean,
       m.not_reporting             AS macs_not_reporting,
       coalesce(l.macs, 0)         AS overdue,
       share(r.pass, r.fail)       AS pass_rate,
       m.at_risk - b.at_risk       AS at_risk_change
  FROM macs m
  JOIN client c ON c.client_id = m.client_id
  LEFT JOIN before b ON b.client_id = m.client_id
  LEFT JOIN late l ON l.client_id = m.client_id
  LEFT JOIN rate r ON r.client_id = m.client_id
 ORDER BY m.at_risk * 1.0 / m.devices DESC, m.undetermined * 1.0 / m.devices DESC,
          c.name
