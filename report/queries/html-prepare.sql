-- What the page needs beyond report/queries/prepare.sql. Run once a report.
DROP TABLE IF EXISTS temp.html_mac;

CREATE TEMP TABLE html_mac (
  no        INTEGER PRIMARY KEY,      -- worst first
  device_id INTEGER UNIQUE,
  rank      INTEGER                   -- by client and serial number
);

INSERT INTO html_mac (device_id, rank)
SELECT o.device_id, o.rank
  FROM temp.report_rank o
  CROSS JOIN device_result r
          ON r.period_id = :period_id AND r.device_id = o.device_id
 ORDER BY CASE r.verdict WHEN 'at-risk' THEN 0 WHEN 'undetermined' THEN 1
                         WHEN 'attention' THEN 2 WHEN 'partial' THEN 3
                         ELSE 4 END,
          severity_rank(r.worst) DESC, r.failed DESC, r.unknown DESC, o.rank
 LIMIT 50000;

-- Findings of one cause and one fix on a Mac are one line. Its first finding
-- is the worst one. Filled by the program.
DROP TABLE IF EXISTS temp.html_line;

CREATE TEMP TABLE html_line (
  no        INTEGER PRIMARY KEY,      -- worst first
  device_id INTEGER,
  remedy    TEXT,
  fail      INTEGER,                  -- 1 fail, 0 unknown
  lead      INTEGER,                  -- rowid of finding
  rule_no   INTEGER,
  severity  INTEGER
);

-- Filled by the program: what changed, and what would close gaps.
DROP TABLE IF EXISTS temp.html_changed;

CREATE TEMP TABLE html_changed (change TEXT, serial TEXT, rule TEXT);

DROP TABLE IF EXISTS temp.html_way;

CREATE TEMP TABLE html_way (way INTEGER PRIMARY KEY, goal TEXT, sentence TEXT);

DROP TABLE IF EXISTS temp.html_path;

CREATE TEMP TABLE html_path (
  ord INTEGER PRIMARY KEY, way INTEGER, remedy TEXT, macs INTEGER,
  remaining INTEGER
);

DROP TABLE IF EXISTS temp.html_supply;

CREATE TEMP TABLE html_supply (
  ord INTEGER PRIMARY KEY, title TEXT, how TEXT, plain TEXT, checks INTEGER,
  devices INTEGER, rules INTEGER
);
