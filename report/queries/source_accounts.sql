-- Run where there are accounts of several rows.
INSERT OR IGNORE INTO report_account_name
SELECT device_id, fold(account), account_id
  FROM account_fact
 WHERE row_id IS NULL;

INSERT OR IGNORE INTO report_account_row
SELECT a.account_id, r.row_id
  FROM account_row r
  LEFT JOIN account_alias l ON l.row_id = r.row_id
  CROSS JOIN report_account_name a
          ON a.device_id = coalesce(r.device_id, l.device_id)
         AND a.name = fold(coalesce(l.account, r.account))
 WHERE r.import_id IN (SELECT import_id FROM run_import
                        WHERE period_id = :period_id);

DROP TABLE temp.report_account_name;
