#!/bin/sh
# muster query: reading, and nothing else.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

csv() { # expected lines (LF), command...
    want=$1
    shift
    quietly "$@"
    [ "$status" = 0 ] || fail "$*: status $status"
    printf '%s\n' "$want" | sed 's/$/\r/' | cmp -s - "$dir/stdout" ||
        fail "$*: another answer"
}
db=$dir/m.db
store "$db" tests/support/periods.sql
csv 'serial,name,filevault
C02PER0001,one,
C02PER0005,"'"'"'=five",off' "$muster" query -d "$db" \
    "SELECT serial, name, nullif(filevault, 'on') AS filevault FROM device_row
      JOIN device USING (device_id) WHERE import_id = 5 AND device_id IN (1, 5)"
csv '"a ""b""","x,y"
"1;""2,",0a0b' "$muster" query -d "$db" \
    "SELECT '1;\"2,' AS \"a \"\"b\"\"\", x'0A0B' AS \"x,y\""
csv 'n
=1' "$muster" query -d "$db" --csv-raw "SELECT '=1' AS n; -- the end"
csv 'iso,fold
2026-10-31T00:00:00Z,anna' "$muster" query -d "$db" \
    "SELECT iso(1793404800) AS iso, fold('Anna') AS fold"
says '[
{"serial":"C02PER0001","n":1,"r":0.5,"x":null},
{"serial":"C02PER0002","n":1,"r":0.5,"x":null}
]' "$muster" query -d "$db" --json \
    "SELECT serial, 1 AS n, 0.5 AS r, NULL AS x FROM device LIMIT 2"
says '[]' "$muster" query -d "$db" --json 'SELECT 1 WHERE 0'

# Nothing is written, attached or loaded.
before=$(sha256sum "$db")
for sql in 'DELETE FROM device' 'CREATE TABLE x (a)' "ATTACH 'y.db' AS y" \
    'PRAGMA user_version=4' 'CREATE TEMP TABLE x (a)' 'VACUUM' 'BEGIN' \
    "SELECT load_extension('x')" \
    'DELETE FROM device RETURNING serial'; do
    ends 2 'query:' "$muster" query -d "$db" "$sql"
    [ -s "$dir/stdout" ] && fail "$sql: printed something"
done
[ "$before" = "$(sha256sum "$db")" ] || fail 'the database was changed'

ends 2 'query:1:8: no such column: serail' \
    "$muster" query -d "$db" 'SELECT serail FROM device'
ends 2 'query:2:7: near "ORDER": syntax error' "$muster" query -d "$db" \
    "SELECT 'ä'
FROM  ORDER"
ends 2 'query: no such table: nowhere' "$muster" query -d "$db" \
    'SELECT 1 FROM nowhere'
ends 2 'more than one statement' "$muster" query -d "$db" 'SELECT 1; SELECT 2'
ends 2 'there is no statement' "$muster" query -d "$db" ' -- nothing'
ends 2 'parameters have no value' "$muster" query -d "$db" 'SELECT ?1'
ends 2 'needs one statement' "$muster" query -d "$db"
ends 1 'no such database' "$muster" query -d "$dir/none.db" 'SELECT 1'

# The views of what was judged.
printf 'serial,filevault,x\nC02QUE0001,on,1\nC02QUE0002,,2\n' >"$dir/d.csv"
printf 'serial,account,secure_token\nC02QUE0001,anna,yes\n' >"$dir/a.csv"
check ingest "$muster" ingest -q -d "$dir/v.db" --as-of 2026-11-30 --keep x \
    "$dir/d.csv" "$dir/a.csv"
check analyze "$muster" analyze -q -d "$dir/v.db" --as-of 2026-11-30
csv 'serial,filevault_on,holder_names,x_x
C02QUE0001,1,anna,1
C02QUE0002,,,2' "$muster" query -d "$dir/v.db" \
    'SELECT serial, filevault_on, holder_names, x_x FROM device_posture'
csv 'device_serial,account,token_real
C02QUE0001,anna,1' "$muster" query -d "$dir/v.db" \
    'SELECT device_serial, account, token_real FROM account_posture'
finish
