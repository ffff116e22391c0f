-- Run where there are accounts of several rows.
INSERT OR IGNORE INTO report_account_name
SELECT device_id, fold(account), account_id
  FROM account_fact
 WHERE row_id IS NULL;

INSERT OR IGNORE INTO report_account_row
SELECT a.account_id, r.row_id
  FROM account_row r
  CROSS JOIN report_account_name a
          ON a.device_id = r.device_id
         AND a.name = fold(r.account)
 WHERE r.import_id IN (SELECT import_id FROM run_import
                        WHERE period_id = :period_id);

DROP TABLE temp.report_account_name;
