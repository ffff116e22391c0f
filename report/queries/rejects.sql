-- Records that were refused. Those of a file that holds several clients cannot
-- be told apart, so a client's report has only those of its own files.
SELECT i.file                                   AS file,
       r.line                                   AS line,
       CASE WHEN r.col > 0 THEN r.col END       AS "column",
       r.reason                                 AS reason
  FROM run_import n
  JOIN import i ON i.import_id = n.import_id
  JOIN reject r ON r.import_id = n.import_id
 WHERE n.period_id = :period_id
   AND (:client_id = 0
        OR i.client = (SELECT name FROM client WHERE client_id = :client_id))
 ORDER BY i.file, i.sha256, r.line, r.col, r.reason
