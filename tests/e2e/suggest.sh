#!/bin/sh
# muster suggest: names on most Macs, and what they seem to be for.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

{
    echo 'serial,account,admin,secure_token,hidden,last_login,role,uid'
    for i in 1 2 3 4; do
        echo "C02SUGG00$i,itadmin,yes,yes,,2026-11-01,,501"
        echo "C02SUGG00$i,person$i,no,yes,,2026-11-01,,502"
        echo "C02SUGG00$i,mdm-agent,no,no,yes,never,,503"
        echo "C02SUGG00$i,known,no,yes,,,service,504"
    done
    for i in 1 2 3; do
        echo "C02SUGG00$i,Kiosk,no,yes,,2026-11-01,,505"
    done
    echo 'C02SUGG001,rare,yes,yes,,,,506'
} >"$dir/accounts.csv"
{
    echo 'serial,client'
    for i in 1 2 3 4; do echo "C02SUGG00$i,Northwind"; done
    for i in 5 6 7; do echo "C02SUGG00$i,Umbra"; done
} >"$dir/devices.csv"
{ # two of three Macs are most, but no crowd
    echo 'serial,account,admin'
    for i in 5 6; do echo "C02SUGG00$i,itadmin,yes"; done
    for i in 8 9 A; do echo "C02SUGG00$i,lonely,no"; done
} >"$dir/more.csv"
db=$dir/m.db
check ingest "$muster" ingest -q -d "$db" --as-of 2026-11-30 \
    "$dir/devices.csv" "$dir/accounts.csv" "$dir/more.csv"
ends 2 'nothing has been judged yet' "$muster" suggest -d "$db"
check analyze "$muster" analyze -q -d "$db" --as-of 2026-11-30
says '[client "Northwind"]
# itadmin: on 4 of 4 Macs, administrator on 4, token on 4, logged in on 4
# mdm-agent: on 4 of 4 Macs, hidden on 4, never logged in on 4
# kiosk: on 3 of 4 Macs, token on 3, logged in on 3
managed_admin = itadmin
service = mdm-agent
shared = kiosk
' "$muster" suggest -d "$db" --client northwind

# What it prints is a configuration, and then there is nothing left to say.
cp "$dir/stdout" "$dir/muster.conf"
check 'the lines are valid' "$muster" config -c "$dir/muster.conf"
check again "$muster" analyze -q -d "$db" -c "$dir/muster.conf" \
    --as-of 2026-11-30
says '# no name is on most Macs of a client and without a role' \
    "$muster" suggest -d "$db" -c "$dir/muster.conf" --client northwind

# A list that is there already is kept.
printf '[accounts]\nmanaged_admin = boss\nservice = mdm-*\n' >"$dir/half.conf"
check again "$muster" analyze -q -d "$db" -c "$dir/half.conf" --as-of 2026-11-30
tells 'managed_admin = boss, itadmin' "$muster" suggest -d "$db" \
    -c "$dir/half.conf"
if grep -q 'service' "$dir/stdout"; then fail 'a known name is proposed'; fi
tells '[accounts]' "$muster" suggest -d "$db" --client unassigned
check json "$muster" suggest -d "$db" --json -c "$dir/half.conf" \
    --client northwind
jq -e '.schema == "muster.suggest/1" and (.suggestions | map(.key + "=" +
    .name)) == ["managed_admin=itadmin", "shared=kiosk"]' "$dir/stdout" \
    >"$dir/jq" || fail 'json says something else'
finish
