-- Every client with its Macs by verdict. Rates count results of the rules that
-- enter rates; the change is over rules measured in both periods.
WITH macs AS (
  SELECT client_id,
         count(*)                                          AS devices,
         count(*) FILTER (WHERE verdict = 'clean')         AS clean,
         count(*) FILTER (WHERE verdict = 'partial')       AS partial,
         count(*) FILTER (WHERE verdict = 'attention')     AS attention,
         count(*) FILTER (WHERE verdict = 'at-risk')       AS at_risk,
         count(*) FILTER (WHERE verdict = 'undetermined')  AS undetermined,
         count(*) FILTER (WHERE stale)                     AS not_reporting,
         count(*) FILTER (WHERE worst = 'critical')        AS critical,
         count(*) FILTER (WHERE worst = 'high')            AS high
    FROM device_result
   WHERE period_id = :period_id
     AND (:client_id = 0 OR client_id = :client_id)
   GROUP BY client_id
),
now AS (
  SELECT t.client_id, u.id, t.pass, t.fail, t.open
    FROM temp.report_tally t
    CROSS JOIN temp.report_rule u ON u.rule_no = t.rule_no AND u.counted
),
before AS (
  SELECT t.client_id, b.id,
         sum(t.count) FILTER (WHERE t.result = 'pass') AS pass,
         sum(t.count) FILTER (WHERE t.result = 'fail') AS fail
    FROM tally t
    JOIN rule b ON b.period_id = t.period_id AND b.rule_no = t.rule_no
   WHERE t.period_id = :before_id
     AND t.client_id BETWEEN :client_low AND :client_high
   GROUP BY t.client_id, b.id
),
rate AS (
  SELECT n.client_id, sum(n.pass) AS pass, sum(n.fail) AS fail,
         sum(n.open) AS open
    FROM now n
   GROUP BY n.client_id
),
both AS (
  SELECT n.client_id, sum(n.pass) AS pass, sum(n.fail) AS fail,
         sum(b.pass) AS pass_before, sum(b.fail) AS fail_before
    FROM now n
    JOIN before b ON b.client_id = n.client_id AND b.id = n.id
   WHERE coalesce(n.pass, 0) + coalesce(n.fail, 0) > 0
     AND coalesce(b.pass, 0) + coalesce(b.fail, 0) > 0
   GROUP BY n.client_id
)
SELECT c.name             AS client,
       m.devices          AS devices,
       m.clean            AS clean,
       m.partial          AS partial,
       m.attention        AS attention,
       m.at_risk          AS at_risk,
       m.undetermined     AS undetermined,
       m.not_reporting    AS not_reporting,
       m.critical         AS critical,
       m.high             AS high,
       share(r.pass, r.fail) AS pass_rate,
       share(coalesce(r.pass, 0) + coalesce(r.fail, 0), r.open) AS coverage,
       share(b.pass, b.fail) - share(b.pass_before, b.fail_before) AS change,
       c.client_id        AS _client_id
  FROM macs m
  JOIN client c ON c.client_id = m.client_id
  LEFT JOIN rate r ON r.client_id = m.client_id
  LEFT JOIN both b ON b.client_id = m.client_id
 ORDER BY c.name
