#!/bin/sh
# How single cells are read: a group that carries a fact, and names whose maker
# escaped them twice.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"
cd "$dir"

fact() { # SQL
    sqlite3 -list r.db "$1"
}
reads() { # WANT SQL
    got=$(fact "$2")
    checks=$((checks + 1))
    [ "$got" = "$1" ] || fail "$2: got $got, want $1"
}

# 1. to be in the group means yes; not to be in it says nothing
cat >groups.csv <<'E_'
Serial Number,Computer Groups
C02GROUP0001,"[All Macs,Token Stored]"
C02GROUP0002,"All Macs;token stored ; Lab"
C02GROUP0003,"[All Macs]"
C02GROUP0004,"[Token Stored (old)]"
C02GROUP0005,
E_
check "a group" "$muster" ingest -d r.db --as-of 2026-11-24 \
    --map serial="Serial Number" \
    --map bootstrap_escrowed_server="Computer Groups=Token Stored" groups.csv
reads "C02GROUP0001|1
C02GROUP0002|1
C02GROUP0003|
C02GROUP0004|
C02GROUP0005|" "SELECT serial, bootstrap_escrowed_server
                  FROM device_row JOIN device USING (device_id) ORDER BY 1"
ends 2 "a group can give a yes-or-no fact only" "$muster" ingest -d g.db \
    --as-of 2026-11-24 --map serial="Serial Number" \
    --map filevault="Computer Groups=Token Stored" groups.csv

# 2. escaped twice: read as meant, the raw cell kept; what is no escape stays
rm r.db
cat >names.json <<'E_'
[{"agentid": "a1", "policy_id": "p", "Serial Number": "C02NAMES0001",
  "Device Name": "Ben\\u2019s Mac \\ud83d\\ude00", "OS Version": "15.7.2"},
 {"agentid": "a2", "policy_id": "p", "Serial Number": "C02NAMES0002",
  "Device Name": "a\\u000ab \\ud83d \\u20 \\uzzzz", "OS Version": "15.7.2"},
 {"agentid": "a3", "policy_id": "p", "Serial Number": "C02NAMES0003",
  "Device Name": "CORP\\mac", "OS Version": "15.7.2"}]
E_
check "names" "$muster" ingest -d r.db --as-of 2026-11-24 names.json
# shellcheck disable=SC1112 # the apostrophe is meant
reads 'C02NAMES0001|Ben’s Mac 😀
C02NAMES0002|a\u000ab \ud83d \u20 \uzzzz
C02NAMES0003|CORP\mac' "SELECT serial, name
                  FROM device_row JOIN device USING (device_id) ORDER BY 1"
reads 1 "SELECT count(*) FROM device_row WHERE instr(raw, 'u2019')"

# 3. hardware ids join in whichever letters; what joins nothing is told
rm r.db
cat >ids.csv <<'E_'
serial,uuid,filevault
C02UUID00001,00000000-0000-4000-8000-0000000000AB,on
E_
cat >more.csv <<'E_'
uuid,os_version,observed_at
00000000-0000-4000-8000-0000000000ab,15.7.2,2026-11-20
00000000-0000-4000-8000-0000000000cd,15.7.2,2026-11-20
E_
check "ids" "$muster" run -d r.db -o ids -F csv,json --as-of 2026-11-24 \
    ids.csv more.csv
reads "15.7.2" "SELECT os_version FROM device_text"
checks=$((checks + 1))
grep -q '^ *1 record led to no Mac: no serial number, and no id of one' stderr ||
    fail "what joins nothing"
check "evidence of a joined row" "$muster" explain -d r.db C02UUID00001
checks=$((checks + 1))
grep -q '^  os_version  *15.7.2 .*line 2' stdout || fail "evidence"

# 4. forty clients with one product: what is said of columns is said once
for n in 1 2 3; do
    cat >"client$n.csv" <<E_
Device Name,Serial Number,Has MDM,FileVault Enabled,Bootstrap Token Escrowed,Room
mac-$n,C02CLIENT00$n,true,Maybe,true,$n
mac-x,,true,true,true,7
E_
done
hears() { # TIMES PART
    checks=$((checks + 1))
    got=$(grep -cF -- "$2" stderr) || :
    [ "$got" = "$1" ] || fail "\"$2\": $got times, want $1"
}
check "three files" "$muster" ingest -d c.db client1.csv client2.csv client3.csv
hears 3 "addigy-devices: 2 records"
hears 1 "ignored columns: Room"
hears 1 "not understood: FileVault Enabled \"Maybe\""
hears 1 "is taken as bootstrap_escrowed_device by its name"
hears 1 "column \"Bootstrap Token Escrowed\" misleads"
hears 3 ".csv:3: no usable serial number"
hears 1 "8 remarks about columns, as of earlier files: not repeated"
check "all of it" "$muster" ingest -v -d v.db client1.csv client2.csv client3.csv
hears 3 "ignored columns: Room"
hears 3 "column \"Bootstrap Token Escrowed\" misleads"
hears 0 "not repeated"

# 5. any product: a column that may hold the lock's password itself is not taken
cat >lock.csv <<'E_'
Serial Number,FileVault,Recovery Lock,Firmware Password,PRK Escrowed
C02LOCK00001,on,canary-lock,canary-firmware,9A2U-CDK6-P6NH-FAB3-LTUH-2MYP
E_
check "locks" "$muster" ingest -d l.db lock.csv
hears 1 "ignored columns: Recovery Lock (1)"
check "locks" "$muster" sources check lock.csv
checks=$((checks + 1))
grep -qE 'canary-|9A2U' stdout stderr l.db && fail "a password was kept"

finish
