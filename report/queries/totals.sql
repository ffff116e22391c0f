-- The report in one row: Macs by verdict, results of the rules that enter
-- rates, and the change of the pass rate over rules measured in both periods.
WITH macs AS (
  SELECT count(*)                                          AS devices,
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
),
now AS (
  SELECT u.id, sum(t.pass) AS pass, sum(t.fail) AS fail, sum(t.open) AS open
    FROM temp.report_tally t
    CROSS JOIN temp.report_rule u ON u.rule_no = t.rule_no AND u.counted
   GROUP BY u.id
),
before AS (
  SELECT b.id,
         sum(t.count) FILTER (WHERE t.result = 'pass') AS pass,
         sum(t.count) FILTER (WHERE t.result = 'fail') AS fail
    FROM tally t
    JOIN rule b ON b.period_id = t.period_id AND b.rule_no = t.rule_no
   WHERE t.period_id = :before_id
     AND t.client_id BETWEEN :client_low AND :client_high
   GROUP BY b.id
),
rate AS (
  SELECT coalesce(sum(pass), 0) AS pass, coalesce(sum(fail), 0) AS fail,
         coalesce(sum(open), 0) AS open
    FROM now
),
both AS (
  SELECT sum(n.pass) AS pass, sum(n.fail) AS fail,
         sum(b.pass) AS pass_before, sum(b.fail) AS fail_before
    FROM now n
    JOIN before b ON b.id = n.id
   WHERE coalesce(n.pass, 0) + coalesce(n.fail, 0) > 0
     AND coalesce(b.pass, 0) + coalesce(b.fail, 0) > 0
)
SELECT m.devices, m.clean, m.partial, m.attention, m.at_risk, m.undetermined,
       m.not_reporting, m.critical, m.high,
       (SELECT count(*)
          FROM temp.report_rank o
          CROSS JOIN account_fact a ON a.device_id = o.device_id
         WHERE a.kind IS DISTINCT FROM 'system') AS accounts,
       r.pass, r.fail, r.open AS unmeasured,
       share(r.pass, r.fail)            AS pass_rate,
       share(r.pass + r.fail, r.open)   AS coverage,
       share(b.pass, b.fail) - share(b.pass_before, b.fail_before) AS change
  FROM macs m, rate r, both b
