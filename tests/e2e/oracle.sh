#!/bin/sh
# oracle.sh BUILD - judge random fleets and compare every result with a second
# opinion that was written from the definitions alone (tests/oracle).
#
# ORACLE_FLEETS=n   how many fleets (60), ORACLE_MACS=n of how many Macs (60),
# ORACLE_SEED=n     the first seed (1). A difference keeps its fleet's files.
set -eu

build=${1:?usage: oracle.sh BUILD}
fleets=${ORACLE_FLEETS:-60}
macs=${ORACLE_MACS:-60}
seed=${ORACLE_SEED:-1}
here=$(cd "$(dirname "$0")/.." && pwd)/oracle
muster=$(cd "$build" && pwd)/muster
python=${PYTHON:-/usr/bin/python3}
export PYTHONDONTWRITEBYTECODE=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

tab=$(printf '\t')

# Say what went wrong where a step of the program fails.
step() {
    "$muster" "$@" >step.out 2>step.err || {
        echo "muster $1 failed ($?) in $PWD:" >&2
        cat step.err >&2
        exit 1
    }
}

# What another fleet's files say of the same Macs in an earlier period: what
# only a person knows holds, for the Macs that are still there.
before() {
    echo "$1" >before
    set -- --period=2001-01 --as-of="$(cat "$1/as-of")" "$1"/in/*
    step ingest -q -d fleet.db "$@"
}

# One fleet: made, judged, reported.
judge() {
    "$python" "$here/random_fleet.py" "$macs" "$1" "$2"
    (
        cd "$2"
        as_of=$(cat as-of) first=
        [ $(($1 % 4)) -ne 0 ] || [ ! -d "../$(($1 - 1))" ] ||
            before "../$(($1 - 1))"
        set --
        while IFS= read -r line; do set -- "$@" "$line"; done <options
        while IFS= read -r line; do
            case $line in
            *"$tab"*)
                step ingest -q -d fleet.db --as-of="$as_of" "$@" \
                    --collected="${line#*"$tab"}" "${line%%"$tab"*}"
                ;;
            *) printf '%s\n' "$line" >>rest ;;
            esac
        done <files
        if [ -e rest ]; then
            while IFS= read -r line; do
                set -- "$@" "$line" ${first:+"$first"}
                first=$line             # a file given twice counts once
            done <rest
            step run -q -d fleet.db -o out -F csv --as-of="$as_of" "$@"
        else
            step analyze -q -d fleet.db --as-of="$as_of"
            step report -q -d fleet.db -o out -F csv
        fi
        rm -f fleet.db
    )
}

set --
last=$((seed + fleets))
while [ "$seed" -lt "$last" ]; do
    judge "$seed" "$work/$seed"
    set -- "$@" "$work/$seed"
    seed=$((seed + 1))
done
"$python" "$here/monotone.py" "$1" "${2:-$1}" "${3:-$1}" || exit 1
"$python" "$here/compare.py" "$@" || {
    kept=$(mktemp -d)
    cp -R "$work/." "$kept"
    echo "files kept in $kept" >&2
    exit 1
}
