#!/bin/sh
# Same input, same bytes: whatever the order of files, the locale, the time
# zone, the folder the program runs in. With the rows shuffled too, all that
# may differ is the line a fact came from.
set -eu
cd "$(dirname "$0")/../.."
root=$PWD
muster=$root/$1/muster
case $1 in /*) muster=$1/muster ;; esac
dir=$(mktemp -d "${TMPDIR:-/tmp}/muster-order.XXXXXX")
trap 'rm -rf "$dir"' EXIT
n=0

reports() { # name, period folder...: ingest in this order, judge, report
    name=$1
    shift
    for f in "$@"; do
        client=$(basename "$(dirname "$f")")
        "$muster" ingest -q -d "$dir/$name.db" --as-of 2026-11-27 \
            --client "$client" "$f"
    done
    "$muster" analyze -q -d "$dir/$name.db" --as-of 2026-11-27
    "$muster" report -q -d "$dir/$name.db" -o "$dir/$name"
}
same() { # two folders of reports
    n=$((n + 1))
    diff -rq "$dir/$1" "$dir/$2" || {
        diff -r "$dir/$1" "$dir/$2" | head -n 20
        echo "$1 and $2 differ"
        exit 1
    }
}

# Names in reports come from the operands, so every run names them alike.
cd fixtures/demo/2026-11
files=$(find . -name '*.csv' -o -name '*.json' | sed 's|^\./||' | sort)
# shellcheck disable=SC2086,SC2046 # one word a file
{
    reports first $files
    reports backwards $(echo "$files" | sort -r)
    reports mixed $(echo "$files" | awk '{ print (NR * 7) % 5, $0 }' | sort |
        cut -d' ' -f2)
    LC_ALL=C.UTF-8 TZ=Pacific/Kiritimati reports zone $files
}
same first backwards
same first mixed
same first zone
"$muster" report -q -d "$dir/first.db" -o "$dir/again"
same first again

# Rows shuffled inside the canonical files, three and more values a fact, with
# and without times, accounts before devices.
cd "$dir"
mkdir shuffle
awk 'BEGIN {
    print "serial,observed_at,os_version,filevault,last_checkin,name," \
        "recovery_key_escrowed,mdm_enrolled" >"shuffle/devices.csv"
    print "serial,account,observed_at,admin,secure_token,last_login" \
        >"shuffle/accounts.csv"
    split("2026-11-01,2026-11-02,2026-11-03,,", when, ",")
    split("on,off,encrypting,on,", fv, ",")
    split("15.1,15.2,26.0,,15.1", os, ",")
    split("true,false,,true", tf, ",")
    s = 7
    for (i = 1; i <= 60; i++) {
        rows = 1 + (s = (s * 75 + 74) % 65537) % 5
        for (r = 1; r <= rows; r++) {
            s = (s * 75 + 74) % 65537
            a = 1 + s % 5; b = 1 + int(s / 5) % 5; c = 1 + int(s / 25) % 5
            d = 1 + int(s / 125) % 4
            printf "C02ORDER%04d,%s,%s,%s,%s,mac-%d,%s,%s\n", i, when[a],
                os[b], fv[c], when[1 + (a + b) % 5], s % 3, tf[d],
                tf[1 + (d + a) % 4] >>"shuffle/devices.csv"
            printf "C02ORDER%04d,%s,%s,%s,%s,%s\n", i,
                substr("anaANAbob", 1 + 3 * (s % 3), 3), when[b], tf[d],
                tf[1 + (d + b) % 4], when[c] >>"shuffle/accounts.csv"
        }
    }
}'
all() { # name: both files, accounts first where the name says so
    case $1 in
    *accounts*) set -- "$1" accounts.csv devices.csv ;;
    *) set -- "$1" devices.csv accounts.csv ;;
    esac
    name=$1
    shift
    (cd "$dir/shuffle" && for f in "$@"; do
        "$muster" ingest -q -d "$dir/$name.db" --as-of 2026-11-27 "$f"
    done)
    "$muster" analyze -q -d "$dir/$name.db" --as-of 2026-11-27
    "$muster" report -q -d "$dir/$name.db" -F csv -o "$dir/$name"
    rm "$dir/$name"/*manifest.json # it names the hashes of the inputs
    sed -i 's/,[0-9]*,,,\r$/\r/' "$dir/$name"/*findings.csv # the line
}
all plain
all accounts-first
same plain accounts-first
for seed in 3 11 29; do
    for f in devices accounts; do
        head -n 1 "shuffle/$f.csv" >"shuffle/$f.new"
        tail -n +2 "shuffle/$f.csv" | awk -v s=$seed \
            '{ s = (s * 75 + 74) % 65537; print s "\t" $0 }' | sort -n |
            cut -f2- >>"shuffle/$f.new"
        mv "shuffle/$f.new" "shuffle/$f.csv"
    done
    all "shuffled-$seed"
    all "shuffled-accounts-$seed"
    same plain "shuffled-$seed"
    same plain "shuffled-accounts-$seed"
done
echo "$n pairs of reports alike"
