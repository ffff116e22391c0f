#!/bin/sh
# muster explain: one Mac, every verdict with what made it, at 80 columns.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

db=$dir/m.db
long=enrolledViaAutomatedDeviceEnrollmentOfTheOrganisationAndItsPartners
cat >"$dir/devices.csv" <<CSV
serial,name,client,filevault,os_version,chip,last_checkin,mdm_enrolled,bootstrap_escrowed_server,site,model
C02EXPL001,$long$long,Umbra,on,15.1,apple,2026-11-25,yes,no,$long,Mac
CSV
cat >"$dir/accounts.csv" <<'CSV'
serial,account,secure_token,admin,kind,created_by
C02EXPL001,anna,yes,yes,local,gui
C02EXPL001,bo,no,no,mobile,
CSV
cat >"$dir/w.csv" <<'CSV'
rule,client,reason,owner,expires
ST-06,Umbra,a lab Mac,Jo,2027-12-31
CSV
month() { # PERIOD AS-OF
    check ingest "$muster" ingest -q -d "$db" --period "$1" --as-of "$2" \
        "$dir/devices.csv" "$dir/accounts.csv"
    check analyze "$muster" analyze -q -d "$db" --period "$1" --as-of "$2" \
        --waivers "$dir/w.csv"
}
month 2026-10 2026-10-31
month 2026-11 2026-11-30

check explain "$muster" explain -d "$db" C02EXPL001 --waivers "$dir/w.csv"
cp "$dir/stdout" "$dir/text"
[ "$(wc -L <"$dir/text")" -le 80 ] || fail 'a line is wider than 80 columns'
# Colours are asked for, or a terminal: never in a file, and never the only word.
grep -q "$(printf '\033')" "$dir/text" && fail 'an escape in a file'
check colours "$muster" explain --color always -d "$db" C02EXPL001 \
    --waivers "$dir/w.csv"
esc=$(printf '\033')
grep -qF "ST-06    ${esc}[1;31mcritical${esc}[0m only anna" "$dir/stdout" ||
    fail 'critical is not red'
sed "s/$esc\[[0-9;]*m//g" "$dir/stdout" | cmp -s - "$dir/text" ||
    fail 'colours change the text'
checks=$((checks + 3))
flat() { tr -s ' \n' '  ' <"$dir/text"; }
has() { flat | grep -qF -- "$1" || fail "no \"$1\""; }
# The finding: evidence, the truth of each part, its history, who accepted it.
has 'ST-06 critical only anna holds a token; do not reset this password'
has 'os >= 101300: yes; sole_holder: yes; NOT bootstrap_expected: yes open since 2026-10-31, 30 days; R0; accepted risk: a lab Mac (Jo, until 2027-12-31)'
# Derived values with what made them.
has 'bootstrap_state absent, from os 150100, bootstrap_supported ?,'
has 'holders_min 1, from token_real of anna yes, of bo no'
# A cause and what is only noted have no history to tell.
has 'bo holds no secure token, and who can repair it is not known ST-12: bo is a mobile account of a directory needs_token: yes'
grep -q '^  ST-12 *info' "$dir/text" && fail 'ST-12 is told twice'
grep -q 'since *;\|since *$\|since *,' "$dir/text" && fail 'since no date'
has 'NOTED, NOT COUNTED DATA-01'
has 'PW-04 a reset of anna from the server may lock the person out'
# Passes and what does not apply, each with what decided it.
has 'BT-05 os < 110000: no'
has 'REC-02 chip IN ('\''intel'\'', '\''t2'\''): no'
# A fact with its cell, file, line and age.
has '[1] line 2, 6 days old'
has '[1] Canonical devices file, devices.csv'

check json "$muster" explain -d "$db" C02EXPL001 --json --waivers "$dir/w.csv"
jq -e '.terms.sole_holder == {holders_min: 1, holders_max: 1} and
    (.rules[] | select(.rule == "ST-06") | .days_open == 30 and
     .state == "open" and (.parts | map(.truth)) == [true, true, true]) and
    ([.rules[] | select(.rule == "PW-04") | .result] | unique ==
     ["informational", "notapplicable"])' "$dir/stdout" >"$dir/jq" ||
    fail 'json says something else'
ends 2 'no Mac has the serial number "NONE"' "$muster" explain -d "$db" NONE
# What is not known is found out, not repaired: no remedy for it, and above all
# no erase.
cat >"$dir/open.csv" <<'CSV'
serial,os_version,chip,last_checkin,mdm_enrolled,enrollment_type,filevault,recovery_key_escrowed,bootstrap_escrowed_device,recovery_lock,firmware_password,observed_at
C02OPEN001,15.1,apple,2026-11-29,yes,ade,on,,,no,no,2026-11-28
C02OPEN002,15.1,apple,2026-11-29,yes,ade,off,yes,yes,no,no,2026-11-28
C02OPEN003,10.15.7,intel,2026-11-20,yes,manual,off,,,no,no,2026-11-28
CSV
cat >"$dir/owners.csv" <<'CSV'
serial,account,secure_token,admin,password_known_by,disabled,person_status,volume_owner
C02OPEN001,anna,yes,yes,,no,active,yes
C02OPEN001,bo,yes,no,,no,active,yes
C02OPEN002,cleo,yes,yes,user,no,active,yes
CSV
check run "$muster" run -q -d "$dir/o.db" -o "$dir/o" -F csv \
    --as-of 2026-11-30 "$dir/open.csv" "$dir/owners.csv"
quietly "$muster" explain -d "$dir/o.db" C02OPEN001
grep -q '^  REC-05 ' "$dir/stdout" || fail 'REC-05 is open'
grep -q 'R14\|Erase the Mac' "$dir/stdout" && fail 'erase what is not known'
quietly "$muster" explain -d "$dir/o.db" C02OPEN002
grep -q '^  R15  Turn FileVault on' "$dir/stdout" || fail 'no remedy of FV-01'
# When an account was read is its own: never the Mac's in its place.
check terms "$muster" explain -d "$dir/o.db" --json C02OPEN002
jq -e '.accounts[0].terms.token_real | has("observed_at") and
    .observed_at == null and .os == 150100' "$dir/stdout" >"$dir/jq" ||
    fail "an account has the time of its Mac"
# The gravest comes first, whatever its id.
check gravest "$muster" explain -d "$dir/o.db" C02OPEN003
[ "$(sed -n '/^WRONG/,/^$/s/^  \([A-Z]*-[0-9]*\) .*/\1/p' "$dir/stdout" |
    tr '\n' ' ')" = 'FV-01 BT-05 ENR-03 ' ] || fail 'another order'
checks=$((checks + 1))
checks=$((checks + 1))
grep -q 'C02OPEN001,.*,undetermined,.*,"*Find out: ' \
    "$dir/o/fleet-monthly-2026-11-devices.csv" ||
    fail "$(cat "$dir/o/fleet-monthly-2026-11-devices.csv")"
finish
