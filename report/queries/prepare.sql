-- The TEMP tables of one report (report/query.h): its rules, Macs, findings.

DROP TABLE IF EXISTS temp.report_rule;

CREATE TEMP TABLE report_rule (
  rule_no  INTEGER PRIMARY KEY,
  id       TEXT,
  title    TEXT,
  module   TEXT,
  scope    TEXT,
  severity TEXT,
  kind     TEXT,
  uses     TEXT,
  loses    TEXT,
  facts    TEXT,
  why      TEXT,
  fix      TEXT,
  counted  INTEGER,                   -- 1: enters rates
  error    TEXT,
  ref      TEXT
);

-- A rule without uses is meant for all of them.
INSERT INTO report_rule
SELECT rule_no, id, title, module, scope, severity, kind, uses, loses, facts,
       why, fix, kind = 'counted', error, ref
  FROM rule
 WHERE period_id = :period_id
   AND (uses = '' OR instr(' ' || uses || ' ', ' ' || :use || ' ') > 0)
 ORDER BY rule_no;

DROP TABLE IF EXISTS temp.report_device;

CREATE TEMP TABLE report_device (
  rank      INTEGER PRIMARY KEY,      -- by client and serial number
  device_id INTEGER,
  client_id INTEGER
);

INSERT INTO report_device (device_id, client_id)
SELECT r.device_id, r.client_id
  FROM device_result r
  JOIN device d ON d.device_id = r.device_id
  JOIN client c ON c.client_id = r.client_id
 WHERE r.period_id = :period_id
   AND (:client_id = 0 OR r.client_id = :client_id)
 ORDER BY c.name, d.serial;

DROP TABLE IF EXISTS temp.report_rank;

CREATE TEMP TABLE report_rank (
  device_id INTEGER PRIMARY KEY,
  rank      INTEGER
);

INSERT INTO report_rank
SELECT device_id, rank FROM report_device ORDER BY device_id;

DROP TABLE IF EXISTS temp.report_finding;

CREATE TEMP TABLE report_finding (
  ord       INTEGER PRIMARY KEY,
  finding   INTEGER,                  -- rowid of finding
  device_id INTEGER,
  client_id INTEGER,
  rule_no   INTEGER,
  severity  INTEGER,                  -- 4 critical ... 0 info
  fail      INTEGER,                  -- 1 fail, 0 unknown
  accepted  INTEGER,                  -- 1: an accepted risk
  remedy    TEXT,
  account_id INTEGER,
  first_seen INTEGER,
  fresh     INTEGER                   -- 1: not found in the period before
);

INSERT INTO report_finding (finding, device_id, client_id, rule_no, severity,
                            fail, accepted, remedy, account_id, first_seen,
                            fresh)
SELECT f.rowid, f.device_id, f.client_id, f.rule_no,
       severity_rank(f.severity) AS severity, f.result = 'fail',
       f.waiver IS NOT NULL, f.remedy, f.account_id, f.first_seen,
       f.state IN ('new', 'reopened')
  FROM report_rank k
  CROSS JOIN finding f ON f.period_id = :period_id
                      AND f.device_id = k.device_id
  CROSS JOIN report_rule u ON u.rule_no = f.rule_no
 WHERE :client_id = 0 OR f.client_id = :client_id
 ORDER BY severity DESC, f.rule_no, k.rank, f.account, f.rowid;

-- The counts of tally, a row a client and rule; NULL where there is no such
-- result.
DROP TABLE IF EXISTS temp.report_tally;

CREATE TEMP TABLE report_tally (
  client_id     INTEGER,
  rule_no       INTEGER,
  pass          INTEGER,
  fail          INTEGER,
  unknown       INTEGER,              -- passes of Macs not reporting included
  notapplicable INTEGER,
  notchecked    INTEGER,
  error         INTEGER,
  informational INTEGER,
  open          INTEGER,              -- unknown, not checked or an error
  waived        INTEGER,
  fail_waived   INTEGER,
  PRIMARY KEY (client_id, rule_no)
) WITHOUT ROWID;

INSERT INTO report_tally
SELECT client_id, rule_no,
       sum(count) FILTER (WHERE result = 'pass'),
       sum(count) FILTER (WHERE result = 'fail'),
       sum(count) FILTER (WHERE result IN ('unknown', 'stale')),
       sum(count) FILTER (WHERE result = 'notapplicable'),
       sum(count) FILTER (WHERE result = 'notchecked'),
       sum(count) FILTER (WHERE result = 'error'),
       sum(count) FILTER (WHERE result = 'informational'),
       sum(count) FILTER (WHERE result IN
           ('unknown', 'stale', 'notchecked', 'error')),
       sum(waived),
       sum(waived) FILTER (WHERE result = 'fail')
  FROM tally
 WHERE period_id = :period_id
   AND client_id BETWEEN :client_low AND :client_high
 GROUP BY client_id, rule_no;

DROP TABLE IF EXISTS temp.report_work;

-- What people wrote beside findings, by the newest sheet of this period and
-- earlier ones. Where serial numbers are redacted, no id is that of a sheet.
CREATE TEMP TABLE report_work (
  finding_id TEXT,
  client     TEXT,
  owner      TEXT,
  due        INTEGER,
  decision   TEXT,
  comment    TEXT,
  PRIMARY KEY (finding_id, client)
) WITHOUT ROWID;

INSERT INTO report_work
SELECT finding_id, client, owner, due, decision, comment
  FROM (SELECT w.*,
               row_number() OVER (PARTITION BY w.finding_id, w.client
                                  ORDER BY i.period DESC, i.import_id DESC)
                 AS place
          FROM work w
          JOIN import i ON i.import_id = w.import_id
          JOIN run r ON r.period_id = :period_id
         WHERE NOT i.superseded AND i.period <= r.period)
 WHERE place = 1;

-- The files that this report may name. A client's are its own, of those that
-- hold several clients the ones that speak of its Macs, and those that speak of
-- no Mac at all: the name of another client's file is no business of it.
DROP TABLE IF EXISTS temp.report_import;

CREATE TEMP TABLE report_import (
  import_id INTEGER PRIMARY KEY
);

INSERT INTO report_import
SELECT i.import_id
  FROM run_import n
  JOIN import i ON i.import_id = n.import_id
 WHERE n.period_id = :period_id
   AND (:client_id = 0
        OR i.client = (SELECT name FROM client WHERE client_id = :client_id)
        OR (i.client = '' AND i.devices = 0 AND i.accounts = 0
            AND (NOT EXISTS (SELECT 1 FROM work w
                              WHERE w.import_id = i.import_id)
                 OR EXISTS (SELECT 1 FROM work w
                             WHERE w.import_id = i.import_id
                               AND w.client = (SELECT name FROM client
                                         WHERE client_id = :client_id)))));

DROP TABLE IF EXISTS temp.report_shared;

CREATE TEMP TABLE report_shared (
  import_id INTEGER PRIMARY KEY
);

INSERT INTO report_shared
SELECT i.import_id
  FROM run_import n
  JOIN import i ON i.import_id = n.import_id
 WHERE n.period_id = :period_id AND :client_id <> 0 AND i.client = ''
   AND i.devices + i.accounts > 0;

-- What rows without a serial number call the client's Macs.
DROP TABLE IF EXISTS temp.report_own_id;

CREATE TEMP TABLE report_own_id (
  id TEXT PRIMARY KEY
) WITHOUT ROWID;

INSERT OR IGNORE INTO report_own_id
SELECT v.id
  FROM (SELECT upper(t.uuid) AS id
          FROM report_rank k
          CROSS JOIN main.device_text t ON t.device_id = k.device_id
        UNION ALL
        SELECT t.mdm_id
          FROM report_rank k
          CROSS JOIN main.device_text t ON t.device_id = k.device_id) v
 WHERE v.id IS NOT NULL AND EXISTS (SELECT 1 FROM report_shared);

-- Which files speak of which client's Macs: read once for the reports of all
-- clients, for all rows are looked at.
CREATE TEMP TABLE IF NOT EXISTS client_import (
  period_id INTEGER, client_id INTEGER, import_id INTEGER,
  PRIMARY KEY (period_id, client_id, import_id)
) WITHOUT ROWID;

CREATE TEMP TABLE IF NOT EXISTS nameless_import (
  period_id INTEGER, id TEXT, import_id INTEGER,
  PRIMARY KEY (period_id, id, import_id)
) WITHOUT ROWID;

INSERT OR IGNORE INTO nameless_import
SELECT :period_id, v.id, v.import_id
  FROM (SELECT import_id, upper(uuid) AS id FROM main.device_row
         WHERE device_id IS NULL
        UNION ALL
        SELECT import_id, mdm_id FROM main.device_row WHERE device_id IS NULL
        UNION ALL
        SELECT import_id, upper(uuid) FROM main.account_row
         WHERE device_id IS NULL
        UNION ALL
        SELECT import_id, mdm_id FROM main.account_row WHERE device_id IS NULL
        UNION ALL
        SELECT import_id, upper(uuid) FROM main.list_row
         WHERE device_id IS NULL
        UNION ALL
        SELECT import_id, mdm_id FROM main.list_row WHERE device_id IS NULL) v
 WHERE EXISTS (SELECT 1 FROM report_shared)
   AND NOT EXISTS (SELECT 1 FROM client_import c
                    WHERE c.period_id = :period_id)
   AND v.id IS NOT NULL
   AND v.import_id IN (SELECT import_id FROM report_shared);

INSERT OR IGNORE INTO client_import
SELECT :period_id, d.client_id, r.import_id
  FROM (SELECT import_id, device_id FROM main.device_row
        UNION ALL
        SELECT import_id, device_id FROM main.account_row
        UNION ALL
        SELECT import_id, device_id FROM main.list_row) r
  CROSS JOIN main.device_result d
          ON d.period_id = :period_id AND d.device_id = r.device_id
 WHERE EXISTS (SELECT 1 FROM report_shared)
   AND NOT EXISTS (SELECT 1 FROM client_import c
                    WHERE c.period_id = :period_id)
   AND r.import_id IN (SELECT import_id FROM report_shared);

INSERT OR IGNORE INTO report_import
SELECT import_id FROM client_import
 WHERE period_id = :period_id AND client_id = :client_id
   AND EXISTS (SELECT 1 FROM report_shared);

INSERT OR IGNORE INTO report_import
SELECT n.import_id
  FROM report_own_id o
  CROSS JOIN nameless_import n ON n.period_id = :period_id AND n.id = o.id;
