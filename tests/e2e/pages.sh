#!/bin/sh
# Pages of one answer in files of their own: each is said to be a page until
# all are there; then they count like one file, in whatever order they came.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

cd "$dir"
as_of=2026-11-24
row() { # SERIAL NAME TOKEN
    printf '{"device_id": "id-%s", "serial_number": "%s", "device__name": "x",
 "device__family": "Mac", "username": "%s", "uid": 501, "type": "Admin",
 "secure_token": %s, "last_collected_at": "2026-11-20T10:00:00Z"}' \
        "$1" "$1" "$2" "$3"
}
page() { # OFFSET TOTAL ROWS
    printf '{"offset": %s, "limit": 2, "total": %s, "cursor": null, "data": [%s]}' \
        "$1" "$2" "$3"
}
mkdir p
page 0 5 "$(row C02PAGES0001 ana true), $(row C02PAGES0001 ben false)" >p/1.json
page 2 5 "$(row C02PAGES0001 cem false), $(row C02PAGES0002 dan true)" >p/2.json
page 4 5 "$(row C02PAGES0002 eva false)" >p/3.json
listed="SELECT serial, sole_holder FROM device_derived JOIN device USING
    (device_id) ORDER BY serial"
warned="SELECT count(*) FROM import_warning JOIN import USING (import_id)
    WHERE NOT superseded AND text LIKE '%incomplete%'"

# The first and the last: a gap.
ends 0 'warning: the file is one page: records 1 to 2 of 5; with the other pages that were read 2 of them are there, the fleet is incomplete, and its accounts do not count as all accounts of a Mac: read the others too' \
    "$muster" ingest -d a.db --as-of $as_of p/1.json
ends 0 'records 5 to 5 of 5; with the other pages that were read 3 of them are there' \
    "$muster" ingest -d a.db --as-of $as_of p/3.json
check analyze "$muster" analyze -q -d a.db --as-of $as_of
says "C02PAGES0001|
C02PAGES0002|" sqlite3 a.db "$listed"
says 2 sqlite3 a.db "$warned"
says "the file is one page: records 1 to 2 of 5; with the other pages that were read 3 of them are there, the fleet is incomplete, and its accounts do not count as all accounts of a Mac: read the others too" \
    sqlite3 a.db "SELECT text FROM import_warning JOIN import USING (import_id)
        WHERE file LIKE '%1.json' AND text LIKE '%page%'"

# The one between them makes it whole, for all three.
ends 0 'all 5 records are there, in 3 files' \
    "$muster" ingest -d a.db --as-of $as_of p/2.json
check analyze "$muster" analyze -q -d a.db --as-of $as_of
says "C02PAGES0001|1
C02PAGES0002|1" sqlite3 a.db "$listed"
says 0 sqlite3 a.db "$warned"

# As one file, and as a folder: the same.
cat p/*.json >all.json
check all "$muster" ingest -q -d b.db --as-of $as_of all.json
check analyze "$muster" analyze -q -d b.db --as-of $as_of
says "C02PAGES0001|1
C02PAGES0002|1" sqlite3 b.db "$listed"
check folder "$muster" ingest -q -d c.db --as-of $as_of p
says "accounts
accounts
accounts" sqlite3 c.db "SELECT complete FROM import"

# Another client's pages, and those of an answer of another length, add nothing.
ends 0 'with the other pages that were read 2 of them are there' \
    "$muster" ingest -d d.db --as-of $as_of --client one p/1.json
ends 0 'with the other pages that were read 2 of them are there' \
    "$muster" ingest -d d.db --as-of $as_of --client two p/2.json
page 2 6 "$(row C02PAGES0001 cem false), $(row C02PAGES0002 dan true)" >6.json
ends 0 'records 3 to 4 of 6; with the other pages that were read 2 of them' \
    "$muster" ingest -d d.db --as-of $as_of --client one 6.json

# A page that is taken away again leaves the others pages.
page 2 5 "$(row C02PAGES0001 cem true), $(row C02PAGES0002 dan true)" >new.json
ends 0 'takes the place of 3 earlier' "$muster" ingest -d a.db \
    --as-of $as_of --replace new.json
says none sqlite3 a.db "SELECT complete FROM import WHERE NOT superseded"
says 1 sqlite3 a.db "$warned"
finish
