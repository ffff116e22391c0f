-- Clients, those with most at risk first.
SELECT client                               AS name,
       num(devices)                         AS devices,
       num(at_risk)                         AS at_risk,
       num(undetermined)                    AS undetermined,
       num(attention)                       AS attention,
       num(partial + clean)                 AS fine,
       num(not_reporting)                   AS silent,
       rate(pass_rate)                      AS pass_rate,
       rate(coverage)                       AS coverage,
       delta(change)                       AS change,
       bar(client || ': ' || at_risk || ' at risk, ' || undetermined
             || ' not known yet, ' || attention || ' to tidy, '
             || (partial + clean) || ' without a problem found',
           'risk', at_risk, 'unknown', undetermined, 'tidy', attention,
           'partial', partial, 'clean', clean) AS bar
  FROM temp.html_clients
 ORDER BY CAST(at_risk AS REAL) / devices DESC, at_risk DESC, client
