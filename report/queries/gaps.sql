-- What was not measured: the fact, on how many Macs at most, for which rules.
SELECT g.fact                            AS fact,
       max(g.macs)                       AS devices,
       group_concat(g.id, ';')           AS rules
  FROM (SELECT g.fact, u.id, u.rule_no, sum(g.devices) AS macs
          FROM gap g
          JOIN temp.report_rule u ON u.rule_no = g.rule_no
         WHERE g.period_id = :period_id
           AND g.client_id BETWEEN :client_low AND :client_high
         GROUP BY g.fact, u.rule_no
         ORDER BY u.rule_no) g
 GROUP BY g.fact
 ORDER BY devices DESC, g.fact
