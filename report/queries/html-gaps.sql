-- Checks that could not be made, and the facts they lack.
SELECT u.title                              AS title,
       u.id                                 AS id,
       u.severity                           AS severity,
       plain('severity', u.severity)        AS severity_word,
       replace(replace(g.fact, '|', ' or '), ',', ' and ') AS fact,
       num(sum(g.devices))                  AS devices,
       pct(sum(g.devices), :n_devices)      AS share
  FROM gap g
  JOIN temp.report_rule u ON u.rule_no = g.rule_no AND u.counted
 WHERE g.period_id = :period_id
   AND (:client_id = 0 OR g.client_id = :client_id)
 GROUP BY g.rule_no, g.fact
 ORDER BY sum(g.devices) DESC, severity_rank(u.severity) DESC, u.rule_no,
          g.fact
