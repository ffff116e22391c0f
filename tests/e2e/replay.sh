#!/bin/sh
# Old periods judged by today's rules: no jump where a rule changed.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"
db=$dir/m.db

month() { # MONTH LAST-DAY FILEVAULT...
    {
        echo serial,filevault,os_version,last_checkin,mdm_enrolled
        n=0
        for state in $3; do
            n=$((n + 1))
            echo "C02REPL00$n,$state,15.1,$1-$2,true"
        done
    } >"$dir/$1.csv"
    check "ingest $1" "$muster" ingest -q -d "$db" --as-of "$1-$2" "$dir/$1.csv"
    check "judge $1" "$muster" analyze -q -d "$db" --as-of "$1-$2"
}
shown() {
    sqlite3 "$db" "SELECT period, device.serial, f.severity, f.state,
        date(first_seen - 1, 'unixepoch'), coalesce(ticket, '-')
        FROM finding f JOIN rule r USING (period_id, rule_no)
        JOIN run USING (period_id) JOIN device USING (device_id)
        LEFT JOIN waiver ON waiver_id = f.waiver
        WHERE r.id = 'FV-01' ORDER BY 1, 2"
}
printf 'rule,client,serial,reason,owner,ticket,expires\n%s\n' \
    'FV-01,*,C02REPL001,agreed,Jo,T-9,2026-09-30' >"$dir/w.csv"
month 2026-09 30 'off off on'
check accept "$muster" analyze -q -d "$db" --as-of 2026-09-30 \
    --waivers "$dir/w.csv"
month 2026-10 31 'off deferred on'
month 2026-11 30 'off on on'
says '2026-09|C02REPL001|high|new|2026-09-30|T-9
2026-09|C02REPL002|high|new|2026-09-30|-
2026-10|C02REPL001|high|open|2026-09-30|-
2026-10|C02REPL002|high|open|2026-09-30|-
2026-11|C02REPL001|high|open|2026-09-30|-' shown

# The rule asks more mildly from now on: deferred is no failure any more.
mkdir "$dir/rules"
cat >"$dir/rules/FV-01-mild.sql" <<'SQL'
-- id: FV-01
-- title: FileVault is off
-- scope: device
-- severity: low
-- uses: monthly client
-- loses:
-- facts: filevault
-- why: the disk can be read
-- fix: R15
SELECT device_id, true AS applies, filevault IN ('off', 'decrypting') AS fails
  FROM device_posture
SQL
at='--as-of 2026-11-30'
# shellcheck disable=SC2086 # options are meant to be split
{
    check 'today alone' "$muster" analyze -q -d "$db" $at --rules "$dir/rules"
    tells 'Rules changed between the two: 1' "$muster" diff -d "$db"
    grep -q '^Less severe: 1' "$dir/stdout" || fail 'the jump is not there'
    ends 0 'judged anew by these rules: 2 earlier periods' \
        "$muster" analyze -d "$db" $at --rules "$dir/rules" --replay
}
says '2026-09|C02REPL001|low|new|2026-09-30|T-9
2026-09|C02REPL002|low|new|2026-09-30|-
2026-10|C02REPL001|low|open|2026-09-30|-
2026-11|C02REPL001|low|open|2026-09-30|-' shown
check diff "$muster" diff -d "$db"
grep -q 'Rules changed' "$dir/stdout" && fail 'the rules are the same now'
grep -q 'Less severe' "$dir/stdout" && fail 'the trend still jumps'
says '2026-09-30
2026-10-31
2026-11-30' sqlite3 "$db" \
    "SELECT date(as_of - 1, 'unixepoch') FROM run ORDER BY period"

# A rule that is new today: its findings are told from the period on in which
# they would have been found first, not from today.
cat >"$dir/rules/LAB-01-new.sql" <<'SQL'
-- id: LAB-01
-- title: A rule of today
-- scope: device
-- severity: medium
-- uses: monthly client
-- loses:
-- facts: os_version
-- why: It was not asked before.
-- fix:
SELECT device_id, true AS applies, os < 160000 AS fails FROM device_posture
SQL
# shellcheck disable=SC2086
check 'a new rule' "$muster" analyze -q -d "$db" $at --rules "$dir/rules" \
    --replay
says '2026-09|new|2026-09-30
2026-10|open|2026-09-30
2026-11|open|2026-09-30' sqlite3 "$db" "SELECT DISTINCT period, f.state,
    date(first_seen - 1, 'unixepoch') FROM finding f
    JOIN rule r USING (period_id, rule_no) JOIN run USING (period_id)
    WHERE r.id = 'LAB-01' ORDER BY 1"
rm "$dir/rules/LAB-01-new.sql"

# What was pruned stays as it is, and the rest goes on.
check prune "$muster" prune -d "$db" --keep 2
# shellcheck disable=SC2086
ends 0 '1 earlier period; 1 without facts stays as it was' \
    "$muster" analyze -d "$db" $at --replay
says '2026-09|C02REPL001|low|new|2026-09-30|T-9
2026-09|C02REPL002|low|new|2026-09-30|-
2026-10|C02REPL001|high|open|2026-09-30|-
2026-10|C02REPL002|high|open|2026-09-30|-
2026-11|C02REPL001|high|open|2026-09-30|-' shown

# A run does the same.
ends 0 'judged anew by these rules: 1 earlier period' "$muster" run -d "$db" \
    --as-of 2026-11-30 -o "$dir/out" -F csv --replay --rules "$dir/rules" \
    "$dir/2026-11.csv"
finish
