-- What stands in the way of the move, by cause and by who must act, on Macs
-- that are not ready.
SELECT u.title                              AS title,
       u.id                                 AS id,
       u.why                                AS why,
       m.title                              AS fix,
       plain('who', m.who)                  AS who,
       plain('effort', m.effort)            AS effort,
       num(count(DISTINCT o.device_id))     AS devices,
       num(count(DISTINCT CASE WHEN r.readiness = 'blocked'
                               THEN o.device_id END)) AS blocked,
       num(count(DISTINCT CASE WHEN r.readiness = 'hands-on'
                               THEN o.device_id END)) AS hands_on,
       CASE WHEN lag(o.rule_no) OVER same = o.rule_no THEN 1 END AS again
  FROM temp.report_reason o
  CROSS JOIN temp.report_rule u ON u.rule_no = o.rule_no
  CROSS JOIN device_result r
          ON r.period_id = :period_id AND r.device_id = o.device_id
  LEFT JOIN remedy m ON m.id = o.remedy
 WHERE NOT o.accepted
 GROUP BY o.rule_no, o.remedy
WINDOW cause AS (PARTITION BY o.rule_no),
       same AS (PARTITION BY o.rule_no
                ORDER BY count(DISTINCT o.device_id) DESC, o.remedy)
 ORDER BY min(min(o.place) / 1000) OVER cause,
          sum(count(DISTINCT o.device_id)) OVER cause DESC, o.rule_no,
          count(DISTINCT o.device_id) DESC, o.remedy
 LIMIT 40
