-- Run where there are accounts of several rows.
INSERT OR IGNORE INTO report_account_row
SELECT a.account_id, r.row_id
  FROM account_row r
  CROSS JOIN account_fact a
          ON a.device_id = r.device_id
         AND a.row_id IS NULL
         AND fold(a.account) = fold(r.account)
 WHERE r.import_id IN (SELECT import_id FROM run_import
                        WHERE period_id = :period_id);
