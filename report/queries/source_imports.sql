-- The files that were judged.
SELECT i.import_id, i.file, i.source_title, i.collected
  FROM run_import n
  JOIN import i ON i.import_id = n.import_id
 WHERE n.period_id = :period_id
 ORDER BY i.import_id
