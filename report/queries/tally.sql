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

-- What asks for a remedy.
CREATE TEMP TABLE report_cause (
  remedy   TEXT,
  rule_no  INTEGER,
  severity INTEGER,                   -- the worst: 4 critical ... 0 info
  devices  INTEGER
);

-- The last one: where it is there, all are.
CREATE TEMP TABLE report_remedy (
  no       INTEGER PRIMARY KEY,
  remedy   TEXT,
  devices  INTEGER,
  accounts INTEGER,
  fresh    INTEGER                    -- Macs that did not need it before
);
