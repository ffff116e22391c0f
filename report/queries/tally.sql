-- Tables of report/tally.h, empty.
CREATE TEMP TABLE report_severity (
  rank     INTEGER PRIMARY KEY,       -- 4 critical ... 0 info
  severity TEXT,
  fail     INTEGER,
  unknown  INTEGER,
  accepted INTEGER,
  devices  INTEGER
);

CREATE TEMP TABLE report_remedy_mac (
  no        INTEGER,
  rank      INTEGER,
  device_id INTEGER,
  PRIMARY KEY (no, rank)
) WITHOUT ROWID;

-- The last one: where it is there, all are.
CREATE TEMP TABLE report_remedy (
  no       INTEGER PRIMARY KEY,
  remedy   TEXT,
  devices  INTEGER,
  accounts INTEGER
);
