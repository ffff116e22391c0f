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

# Nothing read, nothing there.
store "$dir/empty.db"
says 'nothing was read yet' "$muster" status -d "$dir/empty.db"
ends 1 'there is no such database' "$muster" status -d "$dir/none.db"
ends 2 'takes no operand' "$muster" status x
finish
