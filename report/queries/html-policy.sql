-- The settings in force.
SELECT j.key                                AS name,
       CASE j.type WHEN 'object' THEN json(j.value)
                   WHEN 'array' THEN json(j.value)
                   WHEN 'true' THEN 'yes' WHEN 'false' THEN 'no'
                   ELSE j.value END         AS value,
       plain('policy', j.key)               AS help
  FROM run u, json_each(u.policy) j
 WHERE u.period_id = :period_id
   AND j.type <> 'null'
 ORDER BY j.key
