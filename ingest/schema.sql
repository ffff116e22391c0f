-- The store: what the stages hand to each other. Stages meet only here.
--
--   ingest  writes client, device, import, import_*, *_row, work, reject
--   analyze reads those; writes posture tables (analyze/posture.sql makes
--           them), run, run_import, rule, remedy, finding, tally, device_result,
--           conflict, gap
--   report  reads everything and writes nothing
--
-- Booleans are 1 / 0 / NULL (unknown); times are whole seconds UTC, 0 "never".
-- Numbers that depend on the order of ingest (import_id, device_id, row_id)
-- join tables and never reach a reader.

-- One Mac: its serial number, across periods and clients.
CREATE TABLE device (
  device_id INTEGER PRIMARY KEY,
  serial    TEXT NOT NULL            -- upper case, trimmed
) STRICT;

-- One accepted file. A file is one transaction.
CREATE TABLE import (
  import_id      INTEGER PRIMARY KEY,
  period         TEXT NOT NULL,      -- label of the snapshot, e.g. 2026-11
  client         TEXT NOT NULL,      -- from --client or the folder; '' for none
  source         TEXT NOT NULL,      -- id of the mapping: canonical, jamf-...
  source_title   TEXT NOT NULL,      -- for people: "Jamf Pro computer inventory"
  server         TEXT NOT NULL,      -- for people: the product that holds the
                                     -- keys ("Jamf Pro"); '' where none
  file           TEXT NOT NULL,      -- as reports name it
  bytes          INTEGER NOT NULL,
  sha256         TEXT NOT NULL,      -- of the file as read
  mapping_digest TEXT NOT NULL,      -- of the mapping in effect
  format         TEXT NOT NULL,      -- csv json jsonl plist text
  notes          TEXT NOT NULL,      -- what was decided: encoding, delimiter...
  standing       INTEGER NOT NULL,   -- 1: holds in later periods too
  complete       TEXT NOT NULL,      -- what its lists cover: accounts holders none
  collected      INTEGER,            -- when the export was taken
  records        INTEGER NOT NULL,   -- read = accepted + rejected + left_out
  accepted       INTEGER NOT NULL,
  rejected       INTEGER NOT NULL,
  left_out       INTEGER NOT NULL,   -- other platforms, devices in the trash...
  devices        INTEGER NOT NULL,   -- device rows
  accounts       INTEGER NOT NULL,   -- account rows
  -- What the file carries, bit n for fact n of core/facts.c:
  carries_device  INTEGER NOT NULL,  -- device facts, for Macs it has a device row of
  carries_listed  INTEGER NOT NULL,  -- account facts that its device rows give by
                                     -- lists, for Macs it has a device row of
  carries_account INTEGER NOT NULL,  -- account facts, for Macs whose accounts it
                                     -- reported (account rows, or reports = 1)
  in_order       INTEGER NOT NULL,   -- 1: account rows came grouped by device,
                                     -- device_id ascending
  superseded     INTEGER NOT NULL DEFAULT 0 -- 1: a later import took its place;
                                     -- 2: its facts were dropped (prune)
) STRICT;

-- Is a file there already?
CREATE INDEX import_sha256 ON import (sha256);
CREATE INDEX import_bytes ON import (bytes);

-- Every column or key path of a file, and what became of it.
CREATE TABLE import_column (
  import_id  INTEGER NOT NULL REFERENCES import,
  position   INTEGER NOT NULL,       -- column number, or order of first sight
  header     TEXT NOT NULL,
  use        TEXT NOT NULL,          -- fact | custom | list | ignored | secret
  fact       TEXT NOT NULL,          -- fact or custom name; '' for ignored
  filled     INTEGER NOT NULL,       -- cells that were not empty
  understood INTEGER NOT NULL,       -- cells that gave a value
  PRIMARY KEY (import_id, position)
) STRICT, WITHOUT ROWID;

-- Cells that were there and not understood, by value (the commonest 20 a
-- column). Secret-shaped values are never here.
CREATE TABLE import_value (
  import_id INTEGER NOT NULL REFERENCES import,
  position  INTEGER NOT NULL,
  value     TEXT NOT NULL,
  count     INTEGER NOT NULL,
  PRIMARY KEY (import_id, position, value)
) STRICT, WITHOUT ROWID;

-- What a reader should know of a file: constant columns, misleading columns,
-- secrets reduced, pages that say they are one of many.
CREATE TABLE import_warning (
  import_id INTEGER NOT NULL REFERENCES import,
  seq       INTEGER NOT NULL,
  text      TEXT NOT NULL,
  PRIMARY KEY (import_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE reject (
  import_id INTEGER NOT NULL REFERENCES import,
  line      INTEGER NOT NULL,
  col       INTEGER NOT NULL,        -- 0 where the whole record is meant
  reason    TEXT NOT NULL
) STRICT;

-- One accepted record about a Mac. Append-only.
CREATE TABLE device_row (
  row_id    INTEGER PRIMARY KEY,
  import_id INTEGER NOT NULL REFERENCES import,
  line      INTEGER NOT NULL,        -- where the record starts
  device_id INTEGER,                 -- NULL: no usable serial; joined by id
  reports   INTEGER NOT NULL DEFAULT 0, -- 1: this record listed accounts
  uuid TEXT, mdm_id TEXT, name TEXT, site TEXT, model TEXT, os_build TEXT,
  assigned_user TEXT, assigned_email TEXT, asset_tag TEXT, client TEXT,
  chip TEXT, os_version TEXT, observed_at INTEGER, last_checkin INTEGER,
  last_boot INTEGER, mdm_enrolled INTEGER, mdm_server TEXT,
  enrollment_type TEXT, enrolled_by TEXT, user_approved INTEGER,
  supervised INTEGER, in_abm INTEGER, abm_server TEXT,
  provisional_until INTEGER, mdm_removable INTEGER,
  bootstrap_supported INTEGER, bootstrap_escrowed_device INTEGER,
  bootstrap_escrowed_server INTEGER, bootstrap_record INTEGER,
  bootstrap_auth TEXT, bootstrap_for_updates INTEGER,
  bootstrap_for_kexts INTEGER, eacs_preflight TEXT, filevault TEXT,
  deferred_since INTEGER, recovery_key_present INTEGER,
  recovery_key_escrowed INTEGER, recovery_key_validity TEXT,
  recovery_key_server TEXT, recovery_key_escrowed_at INTEGER,
  recovery_key_exported INTEGER, institutional_key INTEGER,
  icloud_recovery INTEGER, escrow_profile INTEGER,
  unknown_filevault_users INTEGER, recovery_lock INTEGER,
  recovery_lock_known INTEGER, firmware_password INTEGER,
  firmware_password_known INTEGER, activation_lock TEXT,
  activation_bypass_known INTEGER, auto_login INTEGER, remote_login INTEGER,
  remote_hands INTEGER, needs_kext INTEGER, secure_boot TEXT,
  platform_sso TEXT, accounts_listed INTEGER, holders_listed INTEGER,
  custom    TEXT,                    -- {"x_name": "text", ...}
  raw       TEXT                     -- {"fact": ["column", "cell"], ...}: only
                                     -- cells not spelled canonically
) STRICT;

-- One accepted record about an account, or one name of a list. Append-only.
CREATE TABLE account_row (
  row_id    INTEGER PRIMARY KEY,
  import_id INTEGER NOT NULL REFERENCES import,
  line      INTEGER NOT NULL,
  device_id INTEGER,
  read_at   INTEGER,                 -- own observed_at, else the time of the
                                     -- record that holds it; orders rows only
  uuid TEXT, mdm_id TEXT,            -- where there is no usable serial, and of
                                     -- an accounts file always
  account TEXT NOT NULL,             -- as spelled; '' where the file knows
                                     -- it by full_name, uid or guid alone
  full_name TEXT, uid INTEGER, guid TEXT, observed_at INTEGER, kind TEXT,
  role TEXT, created_by TEXT, admin INTEGER, hidden INTEGER, disabled INTEGER,
  person_status TEXT, secure_token INTEGER, crypto_user INTEGER,
  volume_owner INTEGER, filevault_user INTEGER, password_known_by TEXT,
  former_password_known INTEGER, last_login INTEGER,
  password_reset_at INTEGER, password_reset_by TEXT,
  token_verified_at INTEGER, laps INTEGER,
  raw       TEXT
) STRICT;

-- A set of names from a list-valued cell: who holds X, and with "covers" who
-- among the device's accounts therefore does not.
CREATE TABLE list_row (
  import_id INTEGER NOT NULL REFERENCES import,
  line      INTEGER NOT NULL,
  device_id INTEGER,
  uuid TEXT, mdm_id TEXT,
  read_at   INTEGER,
  fact      TEXT NOT NULL,           -- secure_token filevault_user crypto_user
                                     -- volume_owner admin; account, with no
                                     -- names: a row of a complete list named
                                     -- nobody and was rejected, so the list
                                     -- is not complete
  covers    INTEGER NOT NULL,        -- 1: known accounts not named have "no"
  names     TEXT NOT NULL            -- JSON array of short names
) STRICT;

-- A serial that should be in the fleet: a line of a list given by --expected.
-- Such a list is an import without device rows.
CREATE TABLE expected_row (
  import_id INTEGER NOT NULL REFERENCES import,
  line      INTEGER NOT NULL,
  serial    TEXT NOT NULL            -- upper case, trimmed
) STRICT;

-- A name of an id that other files hold, from a file that gives names: a
-- policy and what it is below, an attribute known by number.
CREATE TABLE name_row (
  import_id INTEGER NOT NULL REFERENCES import,
  kind      TEXT NOT NULL,           -- what sort of id
  id        TEXT NOT NULL,
  name      TEXT NOT NULL,
  parent    TEXT NOT NULL            -- the id it is below; '' for none
) STRICT;

------------------------------------------------------------------ results --

-- One judged result a period; judging again takes its place.
CREATE TABLE run (
  period_id   INTEGER PRIMARY KEY,
  period      TEXT NOT NULL UNIQUE,
  as_of       INTEGER NOT NULL,
  version     TEXT NOT NULL,         -- of the program
  rules_digest TEXT NOT NULL,        -- SHA-256 over rules and remedies in force
  policy      TEXT NOT NULL,         -- JSON: every setting in force
  inputs_digest TEXT NOT NULL,       -- SHA-256 over the imports judged
  devices     INTEGER NOT NULL,
  accounts    INTEGER NOT NULL,      -- system accounts apart
  replaced    INTEGER NOT NULL,      -- records of re-enrolled Macs not counted
  unjoined    INTEGER NOT NULL       -- rows whose ids led to no serial
) STRICT;

CREATE TABLE run_import (
  period_id INTEGER NOT NULL REFERENCES run,
  import_id INTEGER NOT NULL REFERENCES import,
  PRIMARY KEY (period_id, import_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE client (
  client_id INTEGER PRIMARY KEY,
  name      TEXT NOT NULL UNIQUE     -- 'unassigned' where none is known
) STRICT;

-- The rules as they were when the period was judged.
CREATE TABLE rule (
  period_id INTEGER NOT NULL REFERENCES run,
  rule_no   INTEGER NOT NULL,        -- place in the order of ids; index in
                                     -- device_result.results
  id        TEXT NOT NULL,
  title     TEXT NOT NULL,
  module    TEXT NOT NULL,           -- folder: bootstrap-token, filevault...
  scope     TEXT NOT NULL,           -- device account
  severity  TEXT NOT NULL,
  uses      TEXT NOT NULL,           -- monthly client migration
  loses     TEXT NOT NULL,           -- capability codes
  facts     TEXT NOT NULL,           -- as in the header
  why       TEXT NOT NULL,
  fix       TEXT NOT NULL,
  kind      TEXT NOT NULL,           -- counted | report-only | cause | engine
  core      INTEGER NOT NULL,        -- 1: its absence makes a verdict partial
  origin    TEXT NOT NULL,           -- built-in, or the file that overrides
  digest    TEXT NOT NULL,
  error     TEXT NOT NULL DEFAULT '',-- why the rule is 'error' in this run
  sql       TEXT NOT NULL,           -- the text that ran
  ref       TEXT NOT NULL DEFAULT '',-- reference columns: mSCP / CIS numbers
  PRIMARY KEY (period_id, rule_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE remedy (
  id        TEXT PRIMARY KEY,        -- R0 R1 ...
  title     TEXT NOT NULL,
  who       TEXT NOT NULL,           -- server admin | help desk | user | on site
  effort    TEXT NOT NULL,           -- minutes | hour | visit | project
  minutes   INTEGER NOT NULL,
  risk      TEXT NOT NULL,
  steps     TEXT NOT NULL,           -- JSON array of steps, in order
  verify    TEXT NOT NULL,
  plain     TEXT NOT NULL            -- one sentence for a client
) STRICT, WITHOUT ROWID;

-- Every fail and unknown.
CREATE TABLE finding (
  period_id INTEGER NOT NULL REFERENCES run,
  device_id INTEGER NOT NULL REFERENCES device,
  client_id INTEGER NOT NULL REFERENCES client,
  rule_no   INTEGER NOT NULL,
  account   TEXT NOT NULL DEFAULT '',-- account rules: the short name
  account_id INTEGER,                -- account_fact of the same analysis
  result    TEXT NOT NULL,           -- fail unknown
  severity  TEXT NOT NULL,
  evidence  TEXT,                    -- NULL: the title of the rule
  remedy    TEXT NOT NULL DEFAULT '',-- one of the rule's fix list
  missing   TEXT NOT NULL DEFAULT '',-- unknown required facts, conflict: before
                                     -- conflicting ones; stale
  state     TEXT NOT NULL,           -- new open reopened measured
  first_seen INTEGER NOT NULL,       -- as-of of the period that found it first
  waiver    INTEGER                  -- waiver_id that covers it
) STRICT;

-- Counts of every result; severity '' where it is no fail or unknown.
CREATE TABLE tally (
  period_id INTEGER NOT NULL REFERENCES run,
  client_id INTEGER NOT NULL REFERENCES client,
  rule_no   INTEGER NOT NULL,
  result    TEXT NOT NULL,           -- pass fail unknown notapplicable
                                     -- notchecked informational error; stale:
                                     -- passes of Macs not reporting, which
                                     -- readers count as unknown
  severity  TEXT NOT NULL,
  count     INTEGER NOT NULL,
  waived    INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (period_id, client_id, rule_no, result, severity)
) STRICT, WITHOUT ROWID;

CREATE TABLE device_result (
  period_id  INTEGER NOT NULL REFERENCES run,
  device_id  INTEGER NOT NULL REFERENCES device,
  client_id  INTEGER NOT NULL REFERENCES client,
  verdict    TEXT NOT NULL,          -- at-risk undetermined attention partial clean
  stale      INTEGER NOT NULL,       -- 1: not reporting; NULL is never stored
  worst      TEXT NOT NULL,          -- worst severity failed; '' for none
  failed     INTEGER NOT NULL,       -- counted rules; an account rule counts once
  unknown    INTEGER NOT NULL,
  notchecked INTEGER NOT NULL,
  lost       TEXT NOT NULL,          -- capability codes lost by failed rules
  perhaps_lost TEXT NOT NULL,        -- by unknown ones, not provably kept
  next_remedy TEXT NOT NULL,         -- remedy of the worst finding; '' for none
  readiness  TEXT NOT NULL DEFAULT '', -- migration: ready action-first hands-on
                                     -- blocked unknown; '' not judged
  results    BLOB NOT NULL,          -- one letter a rule, at rule_no:
                                     -- P F U A(notapplicable) C(notchecked)
                                     -- I E; account rules: the worst, in the
                                     -- order E F U C P A
  PRIMARY KEY (period_id, device_id)
) STRICT, WITHOUT ROWID;

-- What a failed rule means for a move to another server, in the order of fixing.
CREATE TABLE move_rule (
  period_id INTEGER NOT NULL REFERENCES run,
  rule_no   INTEGER NOT NULL,
  level     TEXT NOT NULL,           -- blocked hands-on action-first; checklist:
                                     -- one task for the fleet, moves no Mac
  way       TEXT NOT NULL,           -- the only route it matters for; '' all
  step      INTEGER NOT NULL,        -- lower is fixed first
  PRIMARY KEY (period_id, rule_no)
) STRICT, WITHOUT ROWID;

-- Facts on which sources disagree, every value with its row.
CREATE TABLE conflict (
  period_id INTEGER NOT NULL REFERENCES run,
  device_id INTEGER NOT NULL REFERENCES device,
  account   TEXT NOT NULL,           -- '' for device facts
  fact      TEXT NOT NULL,
  value     TEXT NOT NULL,
  import_id INTEGER NOT NULL,
  line      INTEGER NOT NULL,
  time      INTEGER
) STRICT;

-- The fleet against independent lists of serials: those given by --expected,
-- where there is none the standing lists of Apple Business. One row a client
-- of a list, '' for lists of the whole fleet.
CREATE TABLE expectation (
  period_id  INTEGER NOT NULL REFERENCES run,
  client     TEXT NOT NULL,
  title      TEXT NOT NULL,          -- for people: what the lists are
  expected   INTEGER NOT NULL,       -- different serials on them
  found      INTEGER NOT NULL,       -- of these, reported by an export
  missing    INTEGER NOT NULL,       -- expected = found + missing
  unexpected INTEGER NOT NULL,       -- reported, and on no list
  PRIMARY KEY (period_id, client)
) STRICT, WITHOUT ROWID;

CREATE TABLE expectation_gap (
  period_id INTEGER NOT NULL REFERENCES run,
  client    TEXT NOT NULL,           -- of the list
  state     TEXT NOT NULL,           -- missing unexpected
  serial    TEXT NOT NULL
) STRICT;

-- What was not measured: rule, missing fact, and on how many Macs.
CREATE TABLE gap (
  period_id INTEGER NOT NULL REFERENCES run,
  client_id INTEGER NOT NULL REFERENCES client,
  rule_no   INTEGER NOT NULL,
  fact      TEXT NOT NULL,           -- a, or a|b
  devices   INTEGER NOT NULL,
  PRIMARY KEY (period_id, client_id, rule_no, fact)
) STRICT, WITHOUT ROWID;

-- Accepted risks in force for a period, as given.
CREATE TABLE waiver (
  waiver_id   INTEGER PRIMARY KEY,
  period_id   INTEGER NOT NULL REFERENCES run,
  rule        TEXT NOT NULL,
  client      TEXT NOT NULL,
  serial      TEXT NOT NULL,
  account     TEXT NOT NULL,
  reason      TEXT NOT NULL,
  owner       TEXT NOT NULL,
  approved_by TEXT NOT NULL,
  ticket      TEXT NOT NULL,
  expires     INTEGER NOT NULL,      -- last second it holds
  state       TEXT NOT NULL,         -- active expiring expired unmatched
  matches     INTEGER NOT NULL
) STRICT;

-- Since store version 4: what stands below is added to a store of version 3.

-- What people wrote beside a finding in the Findings sheet of a workbook. It
-- holds until a newer sheet says something else of that finding.
CREATE TABLE work (
  import_id  INTEGER NOT NULL REFERENCES import,
  line       INTEGER NOT NULL,
  finding_id TEXT NOT NULL,          -- as reports name it, lower case
  client     TEXT NOT NULL,          -- whose finding; no other client's
  rule       TEXT NOT NULL,
  serial     TEXT NOT NULL,
  account    TEXT NOT NULL,          -- '' for findings of the Mac
  owner      TEXT NOT NULL,
  due        INTEGER,                -- midnight that begins the day
  decision   TEXT NOT NULL,          -- lower case; see core/work.h
  comment    TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX work_finding ON work (finding_id, client, import_id);

-- Since store version 5: what stands below is added to a store of version 4.

-- Rows about accounts that do not say the short name: which account they speak
-- of, by a number or full name that one account of the Mac has; of the period
-- analyzed last.
CREATE TABLE account_alias (
  row_id    INTEGER PRIMARY KEY,     -- of account_row
  device_id INTEGER NOT NULL,
  account   TEXT,                    -- NULL: of none
  several   INTEGER NOT NULL         -- 1: several accounts have it
) STRICT;

-- Those rows are few, and found at once.
CREATE INDEX account_row_nameless ON account_row (import_id)
 WHERE account = '';

-- A file that is one page of many, by what it says of itself.
CREATE TABLE import_page (
  import_id INTEGER PRIMARY KEY REFERENCES import,
  first     INTEGER NOT NULL,        -- 0 for the first record of all; -1: it
                                     -- is not said where the page begins
  count     INTEGER NOT NULL,
  total     INTEGER NOT NULL,
  complete  TEXT NOT NULL            -- import.complete once all pages are there
) STRICT;
