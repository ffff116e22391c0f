#!/bin/sh
# muster prune: facts go, findings and what they rest on stay.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

db=$dir/m.db
rows() { sqlite3 "$db" "$1"; }
store "$db" tests/support/periods.sql
rows "SELECT * FROM finding" >"$dir/findings"
rows "SELECT * FROM device_result; SELECT * FROM tally; SELECT * FROM rule" \
    >"$dir/results"
rows "SELECT * FROM device_row WHERE import_id > 2" >"$dir/kept"

before=$(sha256sum "$db")
ends 0 '1 period, 2 files: 4 of 6 rows would go; 2 stay' \
    "$muster" prune -d "$db" --keep 1 --dry-run
[ "$before" = "$(sha256sum "$db")" ] || fail '--dry-run changed something'
ends 0 'nothing to drop' "$muster" prune -d "$db" --keep 2
ends 0 'evidence of 4 findings' "$muster" prune -d "$db" --keep 1

rows "SELECT * FROM finding" | cmp -s - "$dir/findings" || fail 'findings'
rows "SELECT * FROM device_result; SELECT * FROM tally; SELECT * FROM rule" |
    cmp -s - "$dir/results" || fail 'results'
rows "SELECT * FROM device_row WHERE import_id > 2" | cmp -s - "$dir/kept" ||
    fail 'rows of the kept period'
# Mac 2 failed FV-01: its FileVault cell stays, its name goes. Macs 1 and 4
# failed ST-02: their accounts' token cells stay. Mac 3 had no finding. The
# standing file of roles still holds.
[ "$(rows "SELECT group_concat(row_id || ':' || coalesce(filevault, '-') ||
    coalesce(name, '-') || coalesce(raw, '-'), ' ') FROM device_row WHERE
    import_id < 3")" = '2:off--' ] || fail "device rows: $(rows \
    'SELECT * FROM device_row')"
[ "$(rows "SELECT group_concat(row_id || account || coalesce(secure_token, '-')
    || coalesce(role, '-'), ' ') FROM account_row")" = \
    '1anna1- 3anna-primary 4anna1-' ] || fail "account rows: $(rows \
    'SELECT * FROM account_row')"
[ "$(rows "SELECT group_concat(import_id, ' ') FROM import WHERE superseded = 2"
    )" = '1 2' ] || fail 'the wrong files are marked'
[ "$(rows 'PRAGMA freelist_count')" = 0 ] || fail 'the file was not rebuilt'
if grep -aq 'three-in-october\|Encrypted' "$db"; then
    fail 'a dropped cell is still in the file'
fi
ends 0 'nothing to drop' "$muster" prune -d "$db" --keep 1
tells 'the facts of 2 files were dropped' \
    "$muster" status -d "$db" --period 2026-10
tells '2026-10 -> 2026-11' "$muster" diff -d "$db"

# An old period is not judged on what is left of it.
ends 4 'the facts of 2026-10 were dropped' \
    "$muster" analyze -d "$db" --period 2026-10 --as-of 2026-10-31
rows "SELECT * FROM finding" | cmp -s - "$dir/findings" || fail 'findings'

# A real run: three months, one kept, and the next month is the same as without.
month() { # database, month, FileVault word
    printf 'serial,name,filevault,os_version\nC02PRUN001,one-%s,%s,15.1\n' \
        "$2" "$3" >"$dir/d.csv"
    "$muster" ingest -q -d "$1" --as-of "$2-28" "$dir/d.csv"
    "$muster" analyze -q -d "$1" --as-of "$2-28"
}
for db in "$dir/p.db" "$dir/q.db"; do
    month "$db" 2026-08 off
    month "$db" 2026-09 on
    month "$db" 2026-10 on
done
check prune "$muster" prune -q -d "$dir/p.db" --keep 1
month "$dir/p.db" 2026-11 off
month "$dir/q.db" 2026-11 off
for db in "$dir/p.db" "$dir/q.db"; do
    sqlite3 "$db" "SELECT r.id, f.state, f.first_seen, f.result FROM finding f
        JOIN rule r USING (period_id, rule_no) JOIN run n USING (period_id)
        WHERE n.period = '2026-11' ORDER BY 1" >"$db.txt"
done
grep -q 'FV-01|reopened' "$dir/p.db.txt" || fail 'history is lost'
cmp -s "$dir/p.db.txt" "$dir/q.db.txt" || fail 'the next month differs'

ends 2 '--keep says how many' "$muster" prune -d "$db"
ends 2 'from 1 on, found "0"' "$muster" prune -d "$db" --keep 0
finish
