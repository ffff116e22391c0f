-- Every rule with the counts of its results; a Mac that does not report any
-- more counts as unknown where it passed. Rates are empty where nothing was
-- measured, the change where it was not measured in both periods.
WITH now AS (
  SELECT rule_no,
         sum(pass)          AS pass,
         sum(fail)          AS fail,
         sum(unknown)       AS unknown,
         sum(notapplicable) AS notapplicable,
         sum(notchecked)    AS notchecked,
         sum(error)         AS error,
         sum(waived)        AS waived
    FROM temp.report_tally
   GROUP BY rule_no
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
)
SELECT u.id                              AS rule,
       u.title                           AS title,
       u.severity                        AS severity,
       coalesce(n.pass, 0)               AS pass,
       coalesce(n.fail, 0)               AS fail,
       coalesce(n.unknown, 0)            AS unknown,
       coalesce(n.notapplicable, 0)      AS notapplicable,
       coalesce(n.notchecked, 0)         AS notchecked,
       coalesce(n.error, 0)              AS error,
       coalesce(n.waived, 0)             AS waived,
       share(n.pass, n.fail)             AS pass_rate,
       share(coalesce(n.pass, 0) + coalesce(n.fail, 0),
             coalesce(n.unknown, 0) + coalesce(n.notchecked, 0)
             + coalesce(n.error, 0))     AS coverage,
       share(n.pass, n.fail) - share(b.pass, b.fail)
                                         AS change,
       (SELECT group_concat(fact, ';')
          FROM (SELECT g.fact
                  FROM gap g
                 WHERE g.period_id = :period_id AND g.rule_no = u.rule_no
                   AND g.client_id BETWEEN :client_low AND :client_high
                 GROUP BY g.fact
                 ORDER BY sum(g.devices) DESC, g.fact))
                                         AS missing_facts,
       u.scope                           AS scope,
       u.module                          AS module,
       u.kind                            AS kind,
       u.rule_no                         AS _rule_no
  FROM temp.report_rule u
  LEFT JOIN now n ON n.rule_no = u.rule_no
  LEFT JOIN before b ON b.id = u.id
 WHERE u.kind IN ('counted', 'cause')
 ORDER BY u.rule_no
