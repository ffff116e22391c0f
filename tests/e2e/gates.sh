#!/bin/sh
# Gates of run, analyze and diff: accepted risks trip none, unknown can.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"
db=$dir/m.db

cat >"$dir/october.csv" <<'CSV'
serial,client,filevault,last_checkin,os_version,mdm_enrolled
C02GATE001,Northwind,on,2026-10-29,15.1,true
C02GATE002,Umbra,on,2026-10-29,15.1,true
CSV
cat >"$dir/november.csv" <<'CSV'
serial,client,filevault,last_checkin,os_version,mdm_enrolled
C02GATE001,Northwind,off,2026-11-20,15.1,true
C02GATE002,Umbra,on,2026-11-20,15.1,true
C02GATE003,Umbra,,2026-11-20,15.1,true
CSV
printf 'rule,client,reason,owner,expires\n*,*,agreed,Jo,2027-01-01\n' \
    >"$dir/all.csv"
at='--as-of 2026-11-30'
# shellcheck disable=SC2086 # options are meant to be split
{
    check run "$muster" run -q -d "$db" -o "$dir/out" -F csv \
        --as-of 2026-10-30 "$dir/october.csv"
    ends 3 '1 finding of severity high or worse (--fail-on high)' "$muster" run -q \
        -d "$db" -o "$dir/out" -F csv $at --fail-on high "$dir/november.csv"
    for verb in "run -q -o $dir/out -F csv $dir/november.csv" "analyze -q"; do
        ends 3 'the pass rate is 90.9 % of what was measured (--min-rate 91)' \
            "$muster" $verb -d "$db" $at --min-rate 91
        ends 0 '' "$muster" $verb -d "$db" $at --min-rate 90
        ends 3 '2 of 3 Macs are not known well enough (--max-unknown 1)' \
            "$muster" $verb -d "$db" $at --max-unknown 1
        ends 0 '' "$muster" $verb -d "$db" $at --max-unknown 67%
        ends 8 'the newest facts are of 2026-11-20 (--max-age 9)' \
            "$muster" $verb -d "$db" $at --max-age 9
        ends 0 '' "$muster" $verb -d "$db" $at --max-age 11
        ends 2 '"soon" is no number' "$muster" $verb -d "$db" $at --max-age soon
        ends 2 '"101" is no number' "$muster" $verb -d "$db" $at --min-rate 101
        ends 2 '"grave" is no severity' \
            "$muster" $verb -d "$db" $at --fail-on grave
    done

    # Of two periods: what came, and how the later one stands.
    ends 3 '1 new or worse finding of severity high or worse (--fail-on)' \
        "$muster" diff -d "$db" --fail-on high
    ends 0 '' "$muster" diff -d "$db" --fail-on high --client Umbra
    ends 3 'the pass rate is 75.0 %' \
        "$muster" diff -d "$db" --min-rate 80 --client Northwind
    ends 0 '' "$muster" diff -d "$db" --min-rate 80 --client Umbra
    ends 3 '2 of 2 Macs' "$muster" diff -d "$db" --max-unknown 1 --client Umbra
    ends 8 'of 2026-11-20' "$muster" diff -d "$db" --max-age 9
    ends 8 'of 2026-11-20' "$muster" diff -d "$db" --max-age 9 --client Umbra
    ends 8 'of 2026-10-29' "$muster" diff -d "$db" --from 2026-11 --to 2026-10 \
        --max-age 0

    # All is accepted: nothing trips, but a Mac that lacks a core check.
    ends 0 '' "$muster" analyze -q -d "$db" $at --waivers "$dir/all.csv" \
        --fail-on info --min-rate 100
    ends 3 '1 of 3 Macs' "$muster" analyze -q -d "$db" $at \
        --waivers "$dir/all.csv" --max-unknown 0
    ends 0 '' "$muster" analyze -q -d "$db" $at \
        --waivers "$dir/all.csv" --max-unknown 1
    ends 0 '' "$muster" diff -d "$db" --fail-on info
}
finish
