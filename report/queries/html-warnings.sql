-- What a reader should know of a file.
SELECT text
  FROM import_warning
 WHERE import_id = :import_id
 ORDER BY seq
