-- Run where there are lists that cover all accounts.
INSERT OR IGNORE INTO report_list
SELECT device_id, import_id, line, read_at, fact, names
  FROM list_row
 WHERE covers
   AND device_id IS NOT NULL
   AND import_id IN (SELECT import_id FROM run_import
                      WHERE period_id = :period_id);
