#!/bin/sh
# required: a report says where a check that must be measured was not.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

cat >"$dir/devices.csv" <<'CSV'
serial,client,os_version,filevault,auto_login
C02REQ0001,Northwind,15.1,on,no
C02REQ0002,Northwind,15.1,on,
CSV
cat >"$dir/more.csv" <<'CSV'
serial,client,os_version,filevault
C02REQ0003,Zenith,15.1,
C02REQ0004,Umbra,15.1,on
CSV
cat >"$dir/m.conf" <<'CONF'
[rules]
required = FV-12, FV-01, BT-05, VO-*1
[client "umbra"]
required = VO-01
CONF
db=$dir/m.db
run() { # options...
    rm -rf "$db" "$dir/out"
    check run "$muster" run -d "$db" -o "$dir/out" -F json,html \
        --as-of 2026-11-30 "$@" "$dir/devices.csv" "$dir/more.csv"
}
run -c "$dir/m.conf"
cp "$dir/stderr" "$dir/said"
# What is unknown was measured; what nothing carries was not. A client's own
# list stands for the general one, whatever the case of its name.
jq -ce '.required | map([.rule, .scope, .notchecked, .clients])' \
    "$dir"/out/*-report.json >"$dir/list"
[ "$(cat "$dir/list")" = '[["FV-12","device",1,1],["VO-01","device",4,3]]' ] ||
    fail "others are required: $(cat "$dir/list")"
grep -q '^required: FV-12 not measured on 1 Mac, VO-01 not measured on 4 Macs$' \
    "$dir/said" || fail "run does not say so: $(cat "$dir/said")"
page=$dir/out/fleet-monthly-2026-11.html
grep -q 'Must be measured, and was not:</b> The Mac logs in by itself <span class="id">FV-12</span>, on 1 Mac\.' \
    "$page" || fail 'the page does not say so'
[ "$(grep -c 'Must be measured' "$page")" = 2 ] || fail 'the page says more'
check verify "$muster" verify -d "$db" "$dir/out"
checks=$((checks + 5))

# A report of one client speaks of that client.
check report "$muster" report -q -c "$dir/m.conf" -d "$db" -o "$dir/umbra" \
    -F json --client Umbra
jq -e '.required | map(.rule) == ["VO-01"]' "$dir"/umbra/*-report.json \
    >"$dir/jq" || fail "another client's: $(cat "$dir"/umbra/*-report.json)"

# Nothing is required, or all of it was measured: nothing is said.
run --set required=BT-05
jq -e '.required == []' "$dir"/out/*-report.json >"$dir/jq" || fail 'all is there'
grep -q 'required' "$dir/stderr" && fail 'run says that something is not there'
run
jq -e '.required == []' "$dir"/out/*-report.json >"$dir/jq" || fail 'no settings'
grep -q 'Must be measured' "$page" && fail 'the page says something is not there'
checks=$((checks + 2))
finish
