#!/bin/sh
# muster path: the fewest actions to a goal.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

# 1-4 have one token holder and no escrow (ST-06, critical; BT-01, high): both
# ask for the same fix. 5 and 6 have FileVault off (high). 7 has both. 8 is
# fine. 9 belongs to another client; 10 has an accepted risk only.
{
    echo 'serial,client,os_version,chip,last_checkin,mdm_enrolled,enrollment_type,user_approved,supervised,filevault,bootstrap_escrowed_device,recovery_key_escrowed,recovery_key_present'
    for n in 01 02 03 04; do
        echo "C02PATH$n,Northwind,15.1,apple,2026-11-29,yes,ade,yes,yes,on,no,yes,yes"
    done
    for n in 05 06; do
        echo "C02PATH$n,Northwind,15.1,apple,2026-11-29,yes,ade,yes,yes,off,yes,,"
    done
    echo 'C02PATH07,Northwind,15.1,apple,2026-11-29,yes,ade,yes,yes,off,no,,'
    echo 'C02PATH08,Northwind,15.1,apple,2026-11-29,yes,ade,yes,yes,on,yes,yes,yes'
    echo 'C02PATH09,Umbra,15.1,apple,2026-11-29,yes,ade,yes,yes,off,yes,,'
    echo 'C02PATH10,Northwind,15.1,apple,2026-11-29,yes,ade,yes,yes,off,yes,,'
} >"$dir/devices.csv"
{
    echo 'serial,account,uid,kind,role,admin,secure_token,crypto_user,volume_owner,filevault_user,password_known_by,disabled,person_status'
    for n in 01 02 03 04 05 06 07 08 09 10; do
        echo "C02PATH$n,anna,501,local,primary,yes,yes,yes,yes,yes,both,no,active"
    done
} >"$dir/accounts.csv"
cat >"$dir/waivers.csv" <<'CSV'
rule,client,serial,account,reason,owner,approved_by,ticket,expires
FV-01,,C02PATH10,,kiosk,Jo,Kim,,2027-06-30
CSV
db=$dir/m.db
check ingest "$muster" ingest -q -d "$db" --as-of 2026-11-30 \
    "$dir/devices.csv" "$dir/accounts.csv"
ends 2 'nothing has been judged yet' "$muster" path -d "$db"
check analyze "$muster" analyze -q -d "$db" --as-of 2026-11-30 \
    --waivers "$dir/waivers.csv"

says 'Northwind, 2026-11, facts as of 2026-11-30: 8 of 9 Macs are at risk, 0 not
known yet

No critical finding left: 1 action on 4 Macs
  do                                Macs  who        effort   in all  then left
  R1: Store the bootstrap token        4  help desk  minutes  40 min          0
  with a token administrator'"'"'s
  password

No Mac at risk: 3 actions on 7 Macs
  do                             Macs  who           effort   in all  then left
  R15: Turn FileVault on            3  server admin  hour     90 min          5
  R1: Store the bootstrap token     5  help desk     minutes  50 min          4
  with a token administrator'"'"'s
  password
  R3: Give one account a token      4  help desk     minutes  40 min          0
  directly
  on 1 Mac all that is left is an accepted risk' \
    "$muster" path -d "$db" --client northwind

# The whole fleet has one Mac more.
tells 'No Mac at risk: 3 actions on 8 Macs' "$muster" path -d "$db"
tells '8 of 9 Macs are at risk' "$muster" path -d "$db" --client Northwind
tells '1 of 1 Mac is at risk' "$muster" path -d "$db" --client Umbra

# A target rate, where the configuration has one.
tells 'Pass rate of 95.0 %, now' \
    "$muster" path -d "$db" --set target_rate=95 --client Northwind
tells 'Pass rate of 10.0 %, now' "$muster" path -d "$db" --set target_rate=10
grep -q ': reached$' "$dir/stdout" || fail 'a low target is not reached'
check json "$muster" path -d "$db" --json --set target_rate=95 \
    --client Northwind
jq -e '.schema == "muster.path/1" and .client == "Northwind" and
    .at_risk == 8 and (.goals | map(.goal)) ==
    ["no-critical", "none-at-risk", "target-rate"] and
    (.goals[1].steps | map(.remedy)) == ["R15", "R1", "R3"] and
    .goals[1].devices == 7 and .goals[1].steps[2].left == 0 and
    .pass_rate < .target_rate and .reached_rate >= .target_rate' \
    "$dir/stdout" >"$dir/jq" || fail 'json says something else'

# The page of the client tells the same way.
check page "$muster" report -q -d "$db" -o "$dir/out" -F html \
    --client Northwind
grep -q '<strong>After 3 actions on 7 Macs no Mac is at risk, but for 1 Mac with an accepted risk\.</strong>' \
    "$dir"/out/northwind-monthly-*.html || fail 'the page tells another way'
[ "$(sed -n '/way to no Mac at risk<\/caption>/,/<\/table>/p' \
    "$dir"/out/northwind-monthly-*.html | grep -o 'class="id">R[0-9]*' |
    tr -d '\n')" = 'class="id">R15class="id">R1class="id">R3' ] ||
    fail 'the page has other steps'

ends 2 'there is no client "Nobody"' "$muster" path -d "$db" --client Nobody
ends 2 '"2020-01" was not judged' "$muster" path -d "$db" --period 2020-01
ends 2 'takes no operand' "$muster" path -d "$db" C02PATH01
finish
