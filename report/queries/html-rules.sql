-- Every check that enters rates: those that fail first.
SELECT r.rule                               AS id,
       r._rule_no                           AS rule_no,
       r.title                              AS title,
       u.why                                AS why,
       r.severity                           AS severity,
       plain('severity', r.severity)        AS severity_word,
       r.scope = 'account'                  AS accounts,
       num(r.pass)                          AS pass,
       num(r.fail)                          AS fail,
       r.fail                               AS n_fail,
       num(r.unknown)                       AS unknown,
       num(r.notchecked)                    AS notchecked,
       num(r.notapplicable)                 AS notapplicable,
       CASE WHEN r.error > 0 THEN num(r.error) END AS error,
       CASE WHEN r.waived > 0 THEN num(r.waived) END AS waived,
       rate(r.pass_rate)                    AS pass_rate,
       rate(r.coverage)                     AS coverage,
       delta(r.change)                     AS change,
       u.error                              AS problem,
       nullif(u.ref, '')                    AS reference,
       bar(r.fail || ' fail, ' || r.unknown || ' not known yet, '
             || r.notchecked || ' not measured, ' || r.pass || ' pass',
           CASE WHEN r.severity IN ('critical', 'high') THEN 'risk'
                ELSE 'tidy' END, r.fail,
           'unknown', r.unknown, 'gap', r.notchecked + r.error,
           'clean', r.pass)                 AS bar
  FROM temp.html_rules r
  JOIN temp.report_rule u ON u.rule_no = r._rule_no
 WHERE u.counted
 ORDER BY r.fail > 0 DESC, severity_rank(r.severity) * (r.fail > 0) DESC,
          r.fail DESC, r.unknown > 0 DESC, r.pass > 0 DESC, r._rule_no
