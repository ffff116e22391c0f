-- The findings of the earlier period and of the later one, by Mac, rule id and
-- folded account; and the ids that management servers gave the Macs.
CREATE TEMP TABLE diff_before (
  device_id INTEGER,
  rule      TEXT,
  account   TEXT,
  shown     TEXT,
  client_id INTEGER,
  result    TEXT,
  severity  TEXT,
  PRIMARY KEY (device_id, rule, account)
) WITHOUT ROWID;

CREATE TEMP TABLE diff_after (
  device_id INTEGER,
  rule      TEXT,
  account   TEXT,
  shown     TEXT,
  client_id INTEGER,
  result    TEXT,
  severity  TEXT,
  state     TEXT,
  evidence  TEXT,
  waived    INTEGER,
  counted   INTEGER,
  PRIMARY KEY (device_id, rule, account)
) WITHOUT ROWID;

CREATE TEMP TABLE diff_mac (
  device_id INTEGER,
  later     INTEGER,                  -- 0: from, 1: to
  client_id INTEGER,
  PRIMARY KEY (device_id, later)
) WITHOUT ROWID;

CREATE TEMP TABLE diff_id (
  device_id INTEGER,
  source    TEXT,
  client    TEXT,
  later     INTEGER,
  mdm_id    TEXT,
  PRIMARY KEY (device_id, source, client, later, mdm_id)
) WITHOUT ROWID;
