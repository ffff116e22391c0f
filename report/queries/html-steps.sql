-- The steps of a fix, in order.
SELECT code(j.value) AS step
  FROM remedy m, json_each(m.steps) j
 WHERE m.id = :remedy
 ORDER BY j.key
