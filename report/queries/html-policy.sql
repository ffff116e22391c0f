-- The settings in force: the general ones, and those of the clients of this
-- report, which come first where both say something.
WITH setting AS (
  SELECT '' AS client, j.key, j.type, j.value
    FROM run u, json_each(u.policy, '$.general') j
   WHERE u.period_id = :period_id
  UNION ALL
  SELECT '', 'severity.' || j.key, j.type, j.value
    FROM run u, json_each(u.policy, '$.severity') j
   WHERE u.period_id = :period_id
  UNION ALL
  SELECT c.key, j.key, j.type, j.value
    FROM run u, json_each(u.policy, '$.clients') c, json_each(c.value) j
   WHERE u.period_id = :period_id
     AND (:client_id = 0
          OR c.key = (SELECT name FROM client WHERE client_id = :client_id))
)
SELECT key                                  AS name,
       CASE type
         WHEN 'true' THEN 'yes'
         WHEN 'false' THEN 'no'
         WHEN 'array' THEN (SELECT group_concat(value, ', ')
                              FROM json_each(setting.value))
         WHEN 'object' THEN (SELECT group_concat(key || ' ' || value, ', ')
                               FROM json_each(setting.value))
         ELSE value
       END                                  AS value,
       nullif(client, '')                   AS client,
       CASE WHEN plain('policy', key) <> key
            THEN plain('policy', key) END   AS help
  FROM setting
 WHERE type <> 'null'
 ORDER BY client, key
