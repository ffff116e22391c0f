#!/bin/sh
# recount.sh BUILD - the reports of several fleets (all uses, the whole fleet
# and each client, periods before, accepted risks) are counted again from rows
# alone (tests/oracle/recount.py): every number on every page must be the same.
#
# RECOUNT_SEED=n  the first seed (1) of the random fleets, RECOUNT_MACS=n of how
# many Macs (24). A difference keeps the files.
set -eu

build=${1:?usage: recount.sh BUILD}
seed=${RECOUNT_SEED:-1}
macs=${RECOUNT_MACS:-24}
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/tests/oracle
muster=$(cd "$build" && pwd)/muster
genfleet=$(cd "$build" && pwd)/genfleet
python=${PYTHON:-/usr/bin/python3}
export PYTHONDONTWRITEBYTECODE=1 LC_ALL=C TZ=UTC
unset MUSTER_CONFIG XDG_CONFIG_HOME
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
export HOME="$work"

step() {
    "$muster" "$@" >step.out 2>step.err || {
        echo "muster $1 failed ($?) in $PWD:" >&2
        cat step.err >&2
        exit 1
    }
}

judge() { # what it says is kept, to be counted
    step analyze -q --json "$@"
    cp step.out said.json
}

# The newest period in all uses; accepted risks are what makes it unlike the
# others.
reports() { # settings...
    for use in monthly client migration; do
        step report -q -d fleet.db -o out -u $use -F csv,json,xlsx,html,md,next \
            --each-client "$@"
    done
}

# Some of what failed is accepted, so that rates and ways have two answers.
accept() { # every nth finding
    "$python" - "$1" >waivers.csv <<'PY'
import sqlite3, sys
rows = sqlite3.connect('fleet.db').execute("""
    SELECT r.id, d.serial, f.account FROM finding f
      JOIN rule r ON r.period_id = f.period_id AND r.rule_no = f.rule_no
      JOIN device d ON d.device_id = f.device_id
     WHERE f.result = 'fail' AND f.period_id = (SELECT max(period_id) FROM run)
     ORDER BY 1, 2, 3""").fetchall()
print('rule,client,serial,account,reason,owner,approved_by,ticket,expires')
for rule, serial, account in rows[::int(sys.argv[1])]:
    print(f'{rule},,{serial},{account},known,Jo,Kim,,2031-06-30')
PY
}

# The demo, with a plan for its move and lists of what should be there.
demo() {
    mkdir "$work/demo"
    cd "$work/demo"
    for month in '2026-10 2026-10-30' '2026-11 2026-11-27'; do
        step ingest -q -d fleet.db --client-per-folder --period "${month% *}" \
            --as-of "${month#* }" "$root/fixtures/demo/${month% *}"
        judge -d fleet.db --period "${month% *}" \
            --as-of "${month#* }" --set route=in-place --set new_server=Next \
            --set 'required=FV-10 ADM-02 FV-01'
    done
    reports --set route=in-place --set new_server=Next \
            --set 'required=FV-10 ADM-02 FV-01'
}

# Three months of Macs that have everything random: facts, conflicts, files.
# The second month has the same as-of as the first one, so that the order of
# periods is that of their names.
random() { # seed
    mkdir "$work/random-$1"
    cd "$work/random-$1"
    month=1
    while [ $month -le 3 ]; do
        "$python" "$here/random_fleet.py" "$macs" "$(($1 + month))" "m$month"
        [ $month = 2 ] || as_of=$(cat m$month/as-of)
        set -- "$1" m$month/in/*
        while IFS= read -r line; do set -- "$@" "$line"; done <m$month/options
        seed_of=$1
        shift
        step ingest -q -d fleet.db --period 2026-0$month --as-of="$as_of" "$@"
        set -- "$seed_of"
        judge -d fleet.db --period 2026-0$month --as-of="$as_of"
        month=$((month + 1))
    done
    accept 5
    judge -d fleet.db --period 2026-03 --as-of="$as_of" \
        --waivers waivers.csv
    reports
    # An earlier period, told afterwards.
    mkdir "$work/earlier-$1"
    cp fleet.db "$work/earlier-$1"
    cd "$work/earlier-$1"
    for use in monthly client migration; do
        step report -q -d fleet.db -o out -u $use -F csv,json,xlsx,html,md \
            --period 2026-02
    done
}

# A fleet of many sites, larger than what the page shows in full.
large() {
    mkdir "$work/large"
    cd "$work/large"
    "$genfleet" 540 now --wide
    "$python" - <<'PY'
import csv
import os
os.mkdir('before')
for name in ('devices', 'accounts'):
    with open(f'now/{name}.csv', newline='') as f:
        rows = list(csv.DictReader(f))
    kept = {}
    for i, r in enumerate(rows):
        n = int.from_bytes(r['serial'].encode()[3:], 'big')
        if name == 'devices':
            r['client'] = ('Acme', 'Zeta & Söhne', 'Umbra')[n % 7 % 3]
            r['site'] = f'Site {n % 31:02d}' if n % 13 else ''
        kept[i] = n
    for period, keep in (('now', lambda n: n % 37), ('before',
                                                     lambda n: n % 41)):
        with open(f'{period}/{name}.csv', 'w', newline='') as f:
            out = csv.DictWriter(f, rows[0])
            out.writeheader()
            for i, r in enumerate(rows):
                if not keep(kept[i]):
                    continue
                r = dict(r)
                if period == 'before' and name == 'devices':
                    r['filevault'] = 'off' if kept[i] % 11 == 0 else (
                        r['filevault'])
                    r['recovery_key_escrowed'] = ''
                out.writerow(r)
PY
    # Of some nothing is known but that no account holds a token.
    cat >bare.json <<'JSON'
[{"serial": "C02BARE0001", "client": "Umbra", "accounts": []},
 {"serial": "C02BARE0002", "client": "Umbra", "accounts": []}]
JSON
    # A list is complete, and another source says that it is not.
    printf 'serial,client,accounts_listed\nC02BARE0003,Umbra,no\n' >denied.csv
    printf 'serial,client,account,admin\nC02BARE0003,Umbra,anna,yes\n' >listed.csv
    for month in '2026-10 2026-10-30 before' '2026-11 2026-11-30 now'; do
        # shellcheck disable=SC2086
        set -- $month
        step ingest -q -d fleet.db --period "$1" --as-of "$2" \
            "$3/devices.csv" "$3/accounts.csv" bare.json \
            denied.csv listed.csv
        judge -d fleet.db --period "$1" --as-of "$2"
    done
    accept 9
    judge -d fleet.db --period 2026-11 --as-of 2026-11-30 \
        --waivers waivers.csv
    reports
}

# One of so many that its share is rounded to nothing, and that of the others to
# all, if one does not look.
many() {
    mkdir "$work/many"
    cd "$work/many"
    {
        echo serial,os_version,last_checkin,filevault
        seq -f 'C02MANY%04.0f,15.1,2026-11-29,on' 1 2000
        echo C02MANYX000,15.1,2026-11-29,off
    } >macs.csv
    step ingest -q -d fleet.db --period 2026-11 --as-of 2026-11-30 macs.csv
    judge -d fleet.db --period 2026-11 --as-of 2026-11-30
    step report -q -d fleet.db -o out -F csv,json,xlsx,html,md
}

# More periods than the trend has room for; the first one was judged again
# later than all others. What stays open for long is overdue, worst first: a
# line says how long its worst has been open, not its oldest.
months() {
    mkdir "$work/months"
    cd "$work/months"
    n=0
    for month in 2025-10 2025-11 2025-12 2026-01 2026-02 2026-03 2026-04 \
        2026-05 2026-06 2026-07 2026-08 2026-09 2026-10 2026-11; do
        n=$((n + 1)) as_of=$month-28
        [ $n -gt 1 ] || as_of=2026-11-29
        {
            echo serial,client,chip,os_version,last_checkin,mdm_enrolled,enrollment_type,filevault,auto_login,bootstrap_escrowed_server,eacs_preflight
            for mac in 1 2 3 4 5; do
                [ $n -gt $mac ] || continue
                stored=true
                [ $n -le $((9 + mac)) ] || stored=false
                echo "C02MONTH$mac,Acme,apple,15.1,$month-27,true,ade,on,true,$stored,no_token"
            done
            echo "C02MONTHA,Zeta,apple,15.1,$month-27,true,ade,off,false,,"
        } >"$month.csv"
        step ingest -q -d fleet.db --period "$month" --as-of "$as_of" "$month.csv"
        judge -d fleet.db --period "$month" --as-of "$as_of"
    done
    reports
}

demo
random "$seed"
random "$((seed + 10))"
large
many
months
cd "$work"
"$python" "$here/recount.py" "$muster" demo "random-$seed" \
    "random-$((seed + 10))" "earlier-$seed" "earlier-$((seed + 10))" large many \
    months || {
    kept=$(mktemp -d)
    cp -R "$work/." "$kept"
    echo "files kept in $kept" >&2
    exit 1
}
