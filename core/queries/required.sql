-- Rules that the settings in force want measured, by client: the client's own
-- list, else the general one. For analyze and for reports.
CREATE TEMP VIEW IF NOT EXISTS required_rule AS
SELECT r.period_id, c.client_id, r.rule_no, r.id, r.scope
  FROM rule r
  CROSS JOIN client c
  CROSS JOIN run n ON n.period_id = r.period_id
 WHERE EXISTS (SELECT 1
                 FROM json_each(coalesce(
                        (SELECT json_extract(k.value, '$.required')
                           FROM json_each(n.policy, '$.clients') k
                          WHERE fold(k.key) = fold(c.name)),
                        json_extract(n.policy, '$.general.required'),
                        '[]')) w
                WHERE r.id GLOB w.value);
