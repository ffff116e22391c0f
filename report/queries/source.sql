-- Rows of Macs and accounts that more than one row speaks of; single ones are
-- named by row_id of device_fact and account_fact.
DROP TABLE IF EXISTS temp.report_row;

CREATE TEMP TABLE report_row (
  device_id INTEGER,
  row_id    INTEGER,
  PRIMARY KEY (device_id, row_id)
) WITHOUT ROWID;

DROP TABLE IF EXISTS temp.report_account_row;

CREATE TEMP TABLE report_account_row (
  account_id INTEGER,
  row_id     INTEGER,
  PRIMARY KEY (account_id, row_id)
) WITHOUT ROWID;

-- Accounts of several rows by their folded name: a Mac of a school may have
-- thousands.
DROP TABLE IF EXISTS temp.report_account_name;

CREATE TEMP TABLE report_account_name (
  device_id  INTEGER,
  name       TEXT,
  account_id INTEGER,
  PRIMARY KEY (device_id, name)
) WITHOUT ROWID;

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
