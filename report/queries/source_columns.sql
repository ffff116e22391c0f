-- The columns that gave facts, the last of each file first.
SELECT c.import_id, c.fact, c.header, c.position
  FROM run_import n
  JOIN import_column c ON c.import_id = n.import_id
 WHERE n.period_id = :period_id
   AND c.use IN ('fact', 'list')
 ORDER BY c.import_id, c.position DESC
