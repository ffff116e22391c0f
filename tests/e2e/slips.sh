#!/bin/sh
# Slips of the pen: a value that is empty, a folder or a client that is not
# there, reports among the exports. Each is refused before anything is done, and
# none looks like an answer.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"
demo=$PWD/fixtures/demo
cd "$dir"
nothing() { # what must not be there after a refusal
    [ ! -e "$1" ] || fail "$1 was made"
}
printf 'serial,filevault\nC02SLIPS001,off\n' >a.csv

# An empty value is none: "$CLIENT" of a script that did not set it.
ends 2 '--client needs NAME, and it is empty' "$muster" run --client '' a.csv
ends 2 '--db needs FILE' "$muster" run -d '' a.csv
ends 2 '--output needs DIR' "$muster" run --output= a.csv
ends 2 '--format needs LIST' "$muster" run -F '' a.csv
ends 2 '--color: expected auto, always or never, found "blue"' \
    "$muster" run --color blue a.csv
ends 2 'the command comes first' "$muster" -q run a.csv

# What no report can be made of is said before a file is read.
ends 2 'unknown use "weekly"' "$muster" run -u weekly a.csv
ends 2 '--redact: unknown word "names"' "$muster" run --redact names a.csv
ends 2 '--redact-key hides nothing without --redact' \
    "$muster" run --redact-key key a.csv
ends 5 'nosuch: cannot open the folder' "$muster" run --templates nosuch a.csv
ends 2 '--min-rate: "101" is no number from 0 to 100' \
    "$muster" run --min-rate 101 a.csv
nothing muster.db
nothing reports
ends 6 'nosuch/x.db: cannot create the database' \
    "$muster" run -d nosuch/x.db a.csv
ends 5 'nosuch: cannot open the folder' "$muster" check --templates nosuch

# Two periods: the reports of both are verified by the database of both.
for day in 2026-10-30 2026-11-27; do
    period=${day%-*}
    check "$period" "$muster" run -q --client-per-folder --period "$period" \
        --as-of "$day" "$demo/$period"
done
ends 0 '30 files as the manifests say and the database' "$muster" verify
printf '\r\n' >>reports/fleet-monthly-2026-10-accounts.csv
ends 3 '' "$muster" verify
ends 4 'nosuch: cannot read the folder' "$muster" verify nosuch

# A client that nobody has heard of is no all-clear, nor is an unknown name.
for c in 'status' 'suggest' 'sample --seed x' 'leaver amy' 'diff' 'path'; do
    # shellcheck disable=SC2086 # a command and its words
    ends 2 'there is no client "Nobody"' "$muster" $c --client Nobody
    [ ! -s stdout ] || fail "$c --client Nobody: an answer"
done
ends 2 'no account is called "nobody-at-all"' "$muster" leaver nobody-at-all
[ ! -s stdout ] || fail 'leaver of nobody: an answer'

# Reports are no exports, whichever folder they lie in: only a manifest knows.
mkdir both
cp a.csv both/
"$muster" run -q -d both.db --as-of 2026-11-30 -o both a.csv ||
    fail 'a report among exports'
sed s/001,/002,/ a.csv >both/fleet-monthly-2026-11.csv
ends 0 'passed over: 15 reports that muster wrote' "$muster" ingest \
    -d again.db --as-of 2026-11-30 both
says 'a.csv|1
fleet-monthly-2026-11.csv|1' sqlite3 again.db \
    'SELECT file, devices FROM import ORDER BY file'
ends 4 'the folder holds no exports, only reports' "$muster" ingest \
    -d none.db reports

# --json is data, or it is refused.
for c in 'collector' 'init' 'rules new LAB-01' 'sources show kandji-devices' \
    'sources check a.csv'; do
    # shellcheck disable=SC2086 # a command and its words
    ends 2 '--json' "$muster" $c --json
done
nothing muster.conf
nothing rules
finish
