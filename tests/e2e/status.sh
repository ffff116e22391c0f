#!/bin/sh
# muster status: what was read, how old it is, who is missing.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

store "$dir/m.db" tests/support/periods.sql
says '2026-11: judged as of 2026-11-30, 4 Macs, 3 accounts
1 of 2 clients loaded; missing: Umbra
  client     collected   age  Macs  accounts  rejected
  Northwind  2026-11-30  3 d     4         0         1
    nw.csv: canonical devices' \
    "$muster" status -d "$dir/m.db" --as-of 2026-12-02
says '2026-10: judged as of 2026-10-31, 4 Macs, 3 accounts
2 of 2 clients loaded
  client     collected   age   Macs  accounts  rejected
  Northwind  2026-10-31  33 d     3         0         0
    nw.csv: canonical devices
  Northwind  not dated   ?        0         1         0
    roles.csv: roles of accounts (standing)
  Umbra      2026-10-31  33 d     1         0         0
    um.csv: canonical devices' \
    "$muster" status -d "$dir/m.db" --as-of 2026-12-02 --period 2026-10
tells 'Umbra' "$muster" status -d "$dir/m.db" --period 2026-10 --client umbra
if grep -q Northwind "$dir/stdout"; then fail '--client shows others'; fi
ends 2 'there is no period "2027-01"' \
    "$muster" status -d "$dir/m.db" --period 2027-01

# A client that goes by another name now is not missing.
printf '[client "Northwind"]\nalias = Umbra\n' >"$dir/alias.conf"
tells '1 of 1 clients loaded' "$muster" status -d "$dir/m.db" -c "$dir/alias.conf"

check json "$muster" status -d "$dir/m.db" --json --as-of 2026-12-02
jq -e '.schema == "muster.status/1" and (.periods | length) == 2 and
    .periods[1].missing == ["Umbra"] and .periods[1].imports[0].age_days == 3
    and .periods[0].imports[1].collected == null and
    .periods[1].imports[0].rejected == 1' "$dir/stdout" >"$dir/jq" ||
    fail 'json says something else'

# An export that was forgotten is told by run, and by no one else's name: a
# client that was renamed takes its earlier results along, also where both names
# have some.
root=$PWD
cd "$dir"
for n in 1 2 3; do
    printf 'serial,filevault\nC02STATUS00%s,on\n' $n >mac$n.csv
done
check october "$muster" run -q -d r.db -F json --as-of 2026-10-30 \
    --client "Old Firm" mac1.csv
check october "$muster" run -q -d r.db -F json --as-of 2026-10-30 \
    --client "New Firm" mac2.csv
check october "$muster" run -q -d r.db -F json --as-of 2026-10-30 \
    --client "Third" mac3.csv
check november "$muster" run -d r.db -F json --as-of 2026-11-30 \
    --client "New Firm" mac1.csv mac2.csv
grep -q '^  *no export of Old Firm, Third; earlier periods have Macs there$' \
    stderr || fail 'the forgotten export'
printf '[client "New Firm"]\nalias = Old Firm\n' >firm.conf
sqlite3 r.db "INSERT INTO work VALUES (1, 2, 'aa', 'Old Firm', 'FV-03',
    'C02STATUS001', '', 'Kim', NULL, '', 'ordered')"
check november "$muster" run -d r.db -F json,csv -c firm.conf \
    --as-of 2026-11-30 --client "New Firm" mac1.csv mac2.csv
grep -q '^  *no export of Third; earlier' stderr || fail 'the renamed client'
jq -e '(.missing_clients | map(.client)) == ["Third"]' \
    reports/fleet-monthly-2026-11-report.json >jq || fail 'missing in JSON'
grep -q '^New Firm,2,.*,0.0000' reports/fleet-monthly-2026-11-clients.csv ||
    fail 'no change since the old name'
checks=$((checks + 4))
says 'New Firm' sqlite3 -list r.db 'SELECT client FROM work'
says '1|1' sqlite3 -list r.db "SELECT (SELECT max(count) FROM tally JOIN run
    USING (period_id) WHERE period = '2026-10' AND client_id = (SELECT client_id
    FROM client WHERE name = 'New Firm')) = 2, count(*) FROM client
    WHERE name LIKE '%Firm'"
cd "$root"

# Nothing read, nothing there.
store "$dir/empty.db"
says 'nothing was read yet' "$muster" status -d "$dir/empty.db"
ends 1 'there is no such database' "$muster" status -d "$dir/none.db"
ends 2 'takes no operand' "$muster" status x
finish
