-- Rows of Macs and accounts that more than one row speaks of; single ones are
-- named by row_id of device_fact and account_fact.
DROP TABLE IF EXISTS temp.report_row;

CREATE TEMP TABLE report_row (
  device_id INTEGER,
  row_id    INTEGER,
  PRIMARY KEY (device_id, row_id)
) WITHOUT ROWID;

INSERT INTO report_row
SELECT r.device_id, r.row_id
  FROM device_row r
 WHERE r.import_id IN (SELECT import_id FROM run_import
                        WHERE period_id = :period_id)
   AND r.device_id IN (SELECT f.device_id
                         FROM device_fact f
                        WHERE f.row_id IS NULL);

DROP TABLE IF EXISTS temp.report_account_row;

CREATE TEMP TABLE report_account_row (
  account_id INTEGER,
  row_id     INTEGER,
  PRIMARY KEY (account_id, row_id)
) WITHOUT ROWID;

INSERT OR IGNORE INTO report_account_row
SELECT a.account_id, r.row_id
  FROM account_row r
  CROSS JOIN account_fact a
          ON a.device_id = r.device_id
         AND a.row_id IS NULL
         AND fold(a.account) = fold(r.account)
 WHERE r.import_id IN (SELECT import_id FROM run_import
                        WHERE period_id = :period_id)
   AND EXISTS (SELECT 1 FROM account_fact WHERE row_id IS NULL);

-- Lists that say who does not: known accounts not named there have "no".
DROP TABLE IF EXISTS temp.report_list;

CREATE TEMP TABLE report_list (
  device_id INTEGER,
  import_id INTEGER,
  line      INTEGER,
  time      INTEGER,
  fact      TEXT,
  names     TEXT,
  PRIMARY KEY (device_id, import_id, line, fact)
) WITHOUT ROWID;

INSERT OR IGNORE INTO report_list
SELECT device_id, import_id, line, read_at, fact, names
  FROM list_row
 WHERE covers
   AND device_id IS NOT NULL
   AND import_id IN (SELECT import_id FROM run_import
                      WHERE period_id = :period_id);
