-- Up to twelve periods, the oldest first. Rates are over the rules of this use,
-- as in totals.sql; other_rules marks a period whose rules are not those of
-- the period before it.
SELECT p.period AS period, iso(p.as_of) AS as_of, p.devices AS devices,
       p.clean AS clean, p.partial AS partial, p.attention AS attention,
       p.at_risk AS at_risk, p.undetermined AS undetermined,
       share(p.pass, p.fail) AS pass_rate,
       share(p.pass + p.fail, p.open) AS coverage,
       p.rules_digest AS rules_digest, p.other_rules AS other_rules
  FROM (SELECT n.period, n.as_of, n.rules_digest, n.period_id,
               coalesce(n.rules_digest
                        <> lag(n.rules_digest) OVER (ORDER BY n.period), 0)
                                                                AS other_rules,
               count(*)                                         AS devices,
               count(*) FILTER (WHERE r.verdict = 'clean')        AS clean,
               count(*) FILTER (WHERE r.verdict = 'partial')      AS partial,
               count(*) FILTER (WHERE r.verdict = 'attention')    AS attention,
               count(*) FILTER (WHERE r.verdict = 'at-risk')      AS at_risk,
               count(*) FILTER (WHERE r.verdict = 'undetermined')
                                                           AS undetermined,
               (SELECT coalesce(sum(t.count), 0) FROM tally t
                  JOIN rule u ON u.period_id = t.period_id
                             AND u.rule_no = t.rule_no
                 WHERE t.period_id = n.period_id AND t.result = 'pass'
                   AND u.kind = 'counted'
                   AND (u.uses = '' OR instr(' ' || u.uses || ' ',
                                             ' ' || :use || ' ') > 0)
                   AND t.client_id BETWEEN :client_low AND :client_high) AS pass,
               (SELECT coalesce(sum(t.count), 0) FROM tally t
                  JOIN rule u ON u.period_id = t.period_id
                             AND u.rule_no = t.rule_no
                 WHERE t.period_id = n.period_id AND t.result = 'fail'
                   AND u.kind = 'counted'
                   AND (u.uses = '' OR instr(' ' || u.uses || ' ',
                                             ' ' || :use || ' ') > 0)
                   AND t.client_id BETWEEN :client_low AND :client_high) AS fail,
               (SELECT coalesce(sum(t.count), 0) FROM tally t
                  JOIN rule u ON u.period_id = t.period_id
                             AND u.rule_no = t.rule_no
                 WHERE t.period_id = n.period_id
                   AND t.result IN ('unknown', 'stale', 'notchecked', 'error')
                   AND u.kind = 'counted'
                   AND (u.uses = '' OR instr(' ' || u.uses || ' ',
                                             ' ' || :use || ' ') > 0)
                   AND t.client_id BETWEEN :client_low AND :client_high) AS open
          FROM run n
          JOIN device_result r ON r.period_id = n.period_id
         WHERE n.period <= (SELECT period FROM run
                             WHERE period_id = :period_id)
           AND (:client_id = 0 OR r.client_id = :client_id)
         GROUP BY n.period_id
         ORDER BY n.period DESC
         LIMIT 12) p
 ORDER BY p.period
