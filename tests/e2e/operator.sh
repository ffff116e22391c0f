#!/bin/sh
# What only people know: the examples of docs/operator-files.md are read as they
# stand there, hold over months until a newer file, never say that a Mac's
# accounts are all known, and bring back no Mac that is gone.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

python3 - docs/operator-files.md "$dir" <<'E_'
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
for name, body in re.findall(r"`([\w-]+\.csv)`:\n\n```csv\n(.*?)```", text, re.S):
    open(f"{sys.argv[2]}/{name}", "w", encoding="utf-8").write(body)
E_
cd "$dir" || exit 1
is() { # WHAT WANT SQL
    checks=$((checks + 1))
    sqlite3 m.db "$3" >stdout
    [ "$(cat stdout)" = "$2" ] || fail "$1: expected $2"
}
source_of() { # SOURCE FILE
    tells "$1 - " "$muster" sources detect "$2"
}
month() { # PERIOD FILE...
    period=$1
    shift
    check "$period" "$muster" run -q -d m.db --period "$period" \
        --as-of "$period-28" -F csv -u migration -o "out-$period" "$@"
}
finding() { # PERIOD SERIAL RULE: its result and source, or nothing
    python3 -c 'import csv, sys
for r in csv.DictReader(open(sys.argv[1], newline="")):
    if (r["serial"], r["rule"]) == (sys.argv[2], sys.argv[3]):
        print(r["result"], r["evidence"])' \
        "out-$1/fleet-migration-$1-findings.csv" "$2" "$3"
}

# ------------------------------------------------------------- which is which
for f in roles passwords leavers; do source_of operator-accounts $f.csv; done
source_of operator-devices exported-keys.csv
sed '1s/$/,secure_token/; 2,$s/$/,yes/' roles.csv >all.csv
source_of canonical-accounts all.csv
sed '1s/$/,filevault/; 2,$s/$/,on/' exported-keys.csv >sheet.csv
source_of canonical-devices sheet.csv
sed '1s/$/,Holds/; 2,$s/$/,yes/' roles.csv >own.csv
source_of operator-accounts own.csv
printf 'serial,account\nC02EXAMPLER1,amy\n' >names.csv
source_of canonical-accounts names.csv
echo '[{"serial": "C02EXAMPLER1", "accounts": [{"account": "amy"}],
    "needs_kext": true}]' >nested.json
source_of canonical-devices nested.json
check 'a column that --map reads' "$muster" ingest -q -d map.db \
    --period 2026-10 --map secure_token=Holds own.csv
[ "$(sqlite3 map.db 'SELECT source, standing, complete FROM import')" = \
    'canonical-accounts|0|accounts' ] || fail '--map: not an export'

# ------------------------------------------------------------- October
cat >devices.csv <<'E_'
serial,os_version,filevault,bootstrap_escrowed_server,mdm_enrolled
C02EXAMPLER1,15.7.2,on,yes,yes
C02EXAMPLER2,15.7.2,on,yes,yes
C02EXAMPLER3,15.7.2,on,yes,yes
E_
cat >accounts.csv <<'E_'
serial,account,uid,admin,secure_token,disabled
C02EXAMPLER1,amy,501,no,yes,no
C02EXAMPLER1,itadmin,502,yes,yes,no
C02EXAMPLER1,scanner,503,no,no,no
C02EXAMPLER3,ben,501,yes,yes,no
C02EXAMPLER3,cara,502,no,no,no
E_
month 2026-10 devices.csv accounts.csv roles.csv passwords.csv leavers.csv \
    exported-keys.csv
is 'how they are kept' 'operator-accounts|1|none|3
operator-devices|1|none|1' "SELECT source, standing, complete, count(*)
    FROM import WHERE source LIKE 'operator-%' GROUP BY 1, 2, 3"
facts="SELECT serial, account, coalesce(role, '?'),
    coalesce(password_known_by, '?'), coalesce(person_status, '?'),
    coalesce(former_password_known, '?')
    FROM account_fact a JOIN device USING (device_id) ORDER BY account_id"
known='C02EXAMPLER1|amy|primary|user|?|?
C02EXAMPLER1|itadmin|managed_admin|admin|?|?
C02EXAMPLER1|scanner|service|?|?|?'
front='C02EXAMPLER2|frontdesk|shared|none|?|1'
left='C02EXAMPLER3|ben|?|?|departed|?
C02EXAMPLER3|cara|?|?|active|?'
is 'what people know' "$known
$front
$left" "$facts"
listed="SELECT serial, coalesce(accounts_listed, '?') FROM device_fact
    JOIN device USING (device_id) ORDER BY 1"
is 'an export alone lists all' 'C02EXAMPLER1|1
C02EXAMPLER2|?
C02EXAMPLER3|1' "$listed"
[ "$(finding 2026-10 C02EXAMPLER3 ST-11)" = \
    'fail only ben may unlock, disabled or departed' ] ||
    fail 'only a leaver holds a token'
[ -z "$(finding 2026-10 C02EXAMPLER1 MIG-05)" ] || fail 'R1: key exported'
[ "$(finding 2026-10 C02EXAMPLER2 MIG-05)" = \
    'fail no copy of the present recovery key is kept' ] ||
    fail 'R2: key not exported'
[ -z "$(finding 2026-10 C02EXAMPLER3 MIG-05)" ] || fail 'R3: not measured'

# ------------------------------------ November: exports alone, one Mac is gone
grep -v R2, devices.csv >november.csv
month 2026-11 november.csv accounts.csv
is 'October holds' "$known
$left" "$facts"
is 'complete as the export says' 'C02EXAMPLER1|1
C02EXAMPLER3|1' "$listed"
[ -z "$(finding 2026-11 C02EXAMPLER1 MIG-05)" ] || fail 'the exported key holds'
[ -n "$(finding 2026-11 C02EXAMPLER3 ST-11)" ] || fail 'the leaver holds'
check 'what changed' "$muster" diff -d m.db --json
jq -e '.macs == [{"change": "gone", "client": "unassigned",
    "serial": "C02EXAMPLER2"}] and .changes == [] and .counts.open == 3' \
    stdout >jq || fail 'diff says more than that a Mac is gone'

# A Mac of which no account was listed: people's two are not all.
month 2026-12 devices.csv
is 'the Mac is back, and what is known of it' "$known
$front
$left" "$facts"
is 'nobody listed all' 'C02EXAMPLER1|?
C02EXAMPLER2|?
C02EXAMPLER3|?' "$listed"

# --------------------------- January: a newer file takes the place of October's
printf 'serial,account,role\nC02EXAMPLER1,amy,secondary\n' >new-roles.csv
month 2027-01 devices.csv accounts.csv new-roles.csv
is 'the newer file' 'C02EXAMPLER1|amy|secondary|?|?|?
C02EXAMPLER1|itadmin|?|?|?|?
C02EXAMPLER1|scanner|?|?|?|?
C02EXAMPLER3|ben|?|?|?|?
C02EXAMPLER3|cara|?|?|?|?' "$facts"
[ -z "$(finding 2027-01 C02EXAMPLER1 MIG-05)" ] ||
    fail 'another kind of file holds on'
check 'October again' "$muster" analyze -q -d m.db --period 2026-10 \
    --as-of 2026-10-28
is 'October is what it was' "$known
$front
$left" "$facts"
check 'a correction' "$muster" ingest -q -d m.db --period 2027-01 \
    --as-of 2027-01-28 --replace roles.csv
check 'and its month' "$muster" analyze -q -d m.db --period 2027-01 \
    --as-of 2027-01-28
is 'the correction alone' 'amy|primary
itadmin|managed_admin
scanner|service' "SELECT account, role FROM account_fact JOIN device
    USING (device_id) WHERE serial = 'C02EXAMPLER1' ORDER BY account_id"
# The first file once more, beside the correction and then in its place, though
# the period knows it already; and once in its place there is nothing to do.
check 'both' "$muster" ingest -q -d m.db --period 2027-01 \
    --as-of 2027-01-28 new-roles.csv
ends 0 'takes the place of 2 earlier' "$muster" ingest -d m.db \
    --period 2027-01 --as-of 2027-01-28 --replace new-roles.csv
ends 0 'nothing to do' "$muster" ingest -d m.db --period 2027-01 \
    --as-of 2027-01-28 --replace new-roles.csv
check 'and its month' "$muster" analyze -q -d m.db --period 2027-01 \
    --as-of 2027-01-28
is 'the first file alone' 'amy|secondary
itadmin|
scanner|' "SELECT account, role FROM account_fact JOIN device
    USING (device_id) WHERE serial = 'C02EXAMPLER1' ORDER BY account_id"
finish
