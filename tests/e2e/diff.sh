#!/bin/sh
# muster diff: what became of each finding and of each Mac.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

store "$dir/m.db" tests/support/periods.sql
says '2026-10 -> 2026-11
Certain in both: 4 results of 3 Macs; 2 failed before, 1 now

Rules added between the two: 1
  BT-01
A change can come of that alone; "muster analyze --replay" judges the
earlier periods by today'\''s rules

New: 2
  FV-01  Northwind  C02PER0003    unknown high  FileVault is off
  FV-01  Northwind  C02PER0005    fail high     =five is off

Worse: 1
  ST-02  Northwind  C02PER0001  Anna  fail high -> fail critical  anna has none

Newly measured (not looked at before): 2
  BT-01  Northwind  C02PER0001        fail high  not escrowed
  ST-02  Northwind  C02PER0003  carl  fail low   An account has no token

Resolved: 2
  FV-01  Northwind  C02PER0002       fail high
  ST-02  Northwind  C02PER0001  old  fail medium

Gone with their Macs: 1

Macs that appeared: 1
  C02PER0005

Macs gone: 1
  C02PER0004

Macs enrolled anew: 1
  C02PER0002' "$muster" diff -d "$dir/m.db"

says '2026-10 -> 2026-11, umbra
Certain in both: 0 results of 0 Macs; 0 failed before, 0 now

Rules added between the two: 1
  BT-01
A change can come of that alone; "muster analyze --replay" judges the
earlier periods by today'\''s rules

Gone with their Macs: 1

Macs gone: 1
  C02PER0004' "$muster" diff -d "$dir/m.db" --client umbra

# The same the other way round: what was found later is resolved, and what the
# later period alone could measure is not called so.
tells 'No longer measured: 2' \
    "$muster" diff -d "$dir/m.db" --from 2026-11 --to 2026-10
grep -q '^Less severe: 1' "$dir/stdout" || fail 'nothing is less severe'
grep -q '^New: 3' "$dir/stdout" || fail 'not three that are new'

check json "$muster" diff -d "$dir/m.db" --json
jq -e '.schema == "muster.diff/1" and .from.period == "2026-10" and
    .counts == {new: 2, reopened: 0, worse: 1, measured: 2, resolved: 2,
      better: 0, unclear: 0, unmeasured: 0, gone: 1, open: 0} and
    .checked_in_both.failed_before == 2 and (.changes | length) == 7 and
    (.changes[] | select(.change == "worse") |
      .before == "fail high" and .after == "fail critical" and
      .account == "Anna" and (.finding_id | length) == 16) and
    (.macs | map(.change + .serial)) == ["appearedC02PER0005",
      "goneC02PER0004", "re-enrolledC02PER0002"]' "$dir/stdout" >"$dir/jq" ||
    fail 'json says something else'

# The gate: worse and new count, newly measured and accepted ones do not.
ends 3 '1 new or worse finding of severity critical or worse (--fail-on)' \
    "$muster" diff -d "$dir/m.db" --fail-on critical
[ -s "$dir/stdout" ] || fail 'the gate kept the answer back'
ends 3 '2 new or worse findings of severity low or worse' \
    "$muster" diff -d "$dir/m.db" --fail-on low
sqlite3 "$dir/m.db" "UPDATE finding SET waiver = 1 WHERE severity = 'critical'"
tells 'anna has none (accepted risk)' \
    "$muster" diff -d "$dir/m.db" --fail-on critical

# Three periods: back again, and over a gap.
sqlite3 "$dir/m.db" "
  INSERT INTO run VALUES (3, '2026-12', 1798761600, '0.1.0', 'r', '{}', 'i',
    1, 1, 0, 0);
  INSERT INTO rule SELECT 3, rule_no, id, title, module, scope, severity, uses,
    loses, facts, why, fix, kind, core, origin, digest, error, sql, ref
    FROM rule WHERE period_id = 2;
  INSERT INTO device_result (period_id, device_id, client_id, verdict, stale,
    worst, failed, unknown, notchecked, lost, perhaps_lost, next_remedy,
    results) VALUES (3, 2, 1, 'at-risk', 0, 'high', 1, 0, 0, '', '', '',
    CAST('PFP' AS BLOB));
  INSERT INTO finding (period_id, device_id, client_id, rule_no, result,
    severity, state, first_seen) VALUES (3, 2, 1, 1, 'fail', 'high',
    'reopened', 1793491200)"
tells 'Back again: 1' "$muster" diff -d "$dir/m.db"
grep -q '^Rules' "$dir/stdout" && fail 'the same rules are told as changed'
sqlite3 "$dir/m.db" "UPDATE rule SET digest = 'x' WHERE period_id = 3
  AND id = 'FV-01'; UPDATE run SET policy = '{\"x\":1}' WHERE period_id = 3"
tells 'Rules changed between the two: 1' "$muster" diff -d "$dir/m.db"
grep -q '^The settings in force are not the same' "$dir/stdout" ||
    fail 'a change of settings is not told'
check json "$muster" diff -d "$dir/m.db" --json
jq -e '.settings_changed and (.rules | map(.change + .rule)) ==
    ["changedFV-01"]' "$dir/stdout" >"$dir/jq" || fail 'json: rules'
sqlite3 "$dir/m.db" "UPDATE rule SET digest = 'd' WHERE id = 'FV-01';
  UPDATE run SET policy = '{}'"
tells 'Still open: 1' "$muster" diff -d "$dir/m.db" --from 2026-10

ends 2 'no period "2026-09" was judged' "$muster" diff -d "$dir/m.db" --from 2026-09
says 'No period was judged before 2026-10: nothing to compare' \
    "$muster" diff -d "$dir/m.db" --to 2026-10
ends 2 'there is no client "Nobody"' "$muster" diff -d "$dir/m.db" --client Nobody
ends 2 '"urgent" is no severity' "$muster" diff -d "$dir/m.db" --fail-on urgent
ends 2 'both periods are "2026-11"' \
    "$muster" diff -d "$dir/m.db" --from 2026-11 --to 2026-11

# The same again.
store "$dir/same.db" tests/support/periods.sql
sqlite3 "$dir/same.db" "
  DELETE FROM finding WHERE period_id = 1;
  DELETE FROM device_result WHERE period_id = 1;
  DELETE FROM rule WHERE period_id = 1;
  DELETE FROM run_import;
  INSERT INTO rule SELECT 1, rule_no, id, title, module, scope, severity, uses,
    loses, facts, why, fix, kind, core, origin, digest, error, sql, ref
    FROM rule WHERE period_id = 2;
  INSERT INTO device_result SELECT 1, device_id, client_id, verdict, stale,
    worst, failed, unknown, notchecked, lost, perhaps_lost, next_remedy,
    readiness, results FROM device_result WHERE period_id = 2;
  INSERT INTO finding (period_id, device_id, client_id, rule_no, account,
    result, severity, state, first_seen) SELECT 1, device_id, client_id,
    rule_no, account, result, severity, state, first_seen FROM finding"
says '2026-10 -> 2026-11
Certain in both: 7 results of 4 Macs; 4 failed before, 4 now

Still open: 5

No changes' "$muster" diff -d "$dir/same.db"

# A fleet that plans no move: an old system is no news of the month, neither in
# the changes nor in what "analyze" counts; --use migration asks for it.
printf 'serial,os_version,filevault\nC02MOVE001,14.5,on\n' >"$dir/v1.csv"
printf 'serial,os_version,filevault\nC02MOVE001,14.5,on\nC02MOVE002,14.5,off\n' \
    >"$dir/v2.csv"
for n in 1 2; do
    check run "$muster" run -q -d "$dir/v.db" -o "$dir/v" -F csv \
        --as-of "2026-1$((n - 1))-30" "$dir/v$n.csv"
done
says '2026-10 -> 2026-11
Certain in both: 2 results of 1 Mac; 0 failed before, 0 now

New: 1
  FV-01  unassigned  C02MOVE002    fail high  FileVault is off

Macs that appeared: 1
  C02MOVE002' "$muster" diff -d "$dir/v.db"
tells '  MIG-01  unassigned  C02MOVE002    fail high  macOS is older than 26' \
    "$muster" diff -d "$dir/v.db" -u migration
check json "$muster" diff -d "$dir/v.db" --json -u migration
jq -e '.use == "migration" and .counts.open == 1' "$dir/stdout" >"$dir/jq" ||
    fail 'the rules of a move are others'
ends 3 '2 new or worse findings' \
    "$muster" diff -d "$dir/v.db" -u migration --fail-on high
ends 2 '"weekly" is none of monthly, client, migration' \
    "$muster" diff -d "$dir/v.db" -u weekly
ends 0 '  failed: 0 critical, 1 high, 0 medium, 0 low' \
    "$muster" analyze -d "$dir/v.db" --as-of 2026-11-30

store "$dir/empty.db"
ends 2 'no period was judged yet' "$muster" diff -d "$dir/empty.db"
# A Mac that no longer reports: what it passes counts as unknown, so nothing is
# called resolved.
printf 'serial,filevault,last_checkin\nC02SILENT1,off,2026-10-18\n' >"$dir/s1.csv"
printf 'serial,filevault,last_checkin\nC02SILENT1,on,2026-10-19\n' >"$dir/s2.csv"
"$muster" run -q -d "$dir/s.db" -o "$dir/s" -F csv --as-of 2026-10-20 \
    "$dir/s1.csv"
"$muster" run -q -d "$dir/s.db" -o "$dir/s" -F csv --as-of 2026-11-24 \
    "$dir/s2.csv"
checks=$((checks + 1))
"$muster" diff -d "$dir/s.db" >"$dir/out" 2>&1
grep -A1 '^Not known any more, still open: 1' "$dir/out" |
    grep -q '^  FV-01  unassigned  C02SILENT1 ' ||
    fail "a silent Mac: $(cat "$dir/out")"
grep -q ',FV-01,unclear,fail high,unknown' \
    "$dir/s/fleet-monthly-2026-11-changes.csv" ||
    fail "a silent Mac: $(cat "$dir/s/fleet-monthly-2026-11-changes.csv")"

finish
