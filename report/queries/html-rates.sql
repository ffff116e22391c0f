-- Rates over all counted rules, and their change over rules that were measured
-- in both periods.
WITH now AS (
  SELECT u.id, sum(t.pass) AS pass, sum(t.fail) AS fail, sum(t.open) AS open,
         sum(t.unknown) AS unknown, sum(t.notchecked) AS notchecked,
         sum(t.fail_waived) AS waived
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
     AND (:client_id = 0 OR t.client_id = :client_id)
   GROUP BY b.id
),
rate AS (
  SELECT coalesce(sum(pass), 0) AS pass, coalesce(sum(fail), 0) AS fail,
         coalesce(sum(open), 0) AS open, coalesce(sum(unknown), 0) AS unknown,
         coalesce(sum(notchecked), 0) AS notchecked,
         coalesce(sum(waived), 0) AS waived, count(*) AS rules
    FROM now
),
both AS (
  SELECT sum(n.pass) AS pass, sum(n.fail) AS fail, sum(b.pass) AS pass_before,
         sum(b.fail) AS fail_before, count(*) AS rules
    FROM now n
    JOIN before b ON b.id = n.id
   WHERE coalesce(n.pass, 0) + coalesce(n.fail, 0) > 0
     AND coalesce(b.pass, 0) + coalesce(b.fail, 0) > 0
)
SELECT rate(share(r.pass, r.fail))              AS pass_rate,
       rate(share(r.pass + r.fail, r.open))     AS coverage,
       CASE WHEN r.waived > 0
            THEN rate(share(r.pass, r.fail - r.waived)) END
                                                AS pass_rate_adjusted,
       num(r.pass + r.fail)                     AS checks_answered,
       num(r.pass + r.fail + r.open)            AS checks_all,
       num(r.fail)                              AS checks_failed,
       num(r.unknown)                           AS checks_unknown,
       num(r.notchecked)                        AS checks_notchecked,
       r.notchecked                             AS n_notchecked,
       num(r.rules)                             AS rules_counted,
       CASE WHEN b.rules > 0
            THEN points(share(b.pass, b.fail)
                        - share(b.pass_before, b.fail_before)) END
                                                AS rate_change,
       CASE WHEN b.rules > 0 THEN rate(share(b.pass, b.fail)) END
                                                AS rate_both,
       CASE WHEN b.rules > 0
            THEN rate(share(b.pass_before, b.fail_before)) END
                                                AS rate_both_before,
       num(b.rules)                             AS rules_both
  FROM rate r, both b
