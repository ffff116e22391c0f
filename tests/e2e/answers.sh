#!/bin/sh
# answers.sh BUILD - ask about random fleets what a person asks (what a reset
# would do, whose leaving leaves nobody, which Mac is ready to move) and compare
# every answer with a second opinion (tests/oracle/answers.py).
#
# ANSWERS_FLEETS=n  how many fleets (6), ANSWERS_MACS=n of how many Macs (25),
# ANSWERS_SEED=n    the first seed (1). A difference keeps its fleet's files.
set -eu

build=${1:?usage: answers.sh BUILD}
fleets=${ANSWERS_FLEETS:-6}
macs=${ANSWERS_MACS:-25}
seed=${ANSWERS_SEED:-1}
here=$(cd "$(dirname "$0")/.." && pwd)/oracle
muster=$(cd "$build" && pwd)/muster
python=${PYTHON:-/usr/bin/python3}
export PYTHONDONTWRITEBYTECODE=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

tab=$(printf '\t')

step() {
    "$muster" "$@" >step.out 2>step.err || {
        echo "muster $1 failed ($?) in $PWD:" >&2
        cat step.err >&2
        exit 1
    }
}

# Each way to move in its turn, and none.
policy() {
    case $(($1 % 4)) in
    1) echo route=in-place ;;
    2) echo route=classic ;;
    3) echo route=erase ;;
    esac
    [ $(($1 % 3)) -ne 0 ] || echo planned_day=2026-06-15
}

# One fleet: made, judged, reported.
judge() {
    "$python" "$here/random_fleet.py" "$macs" "$1" "$2"
    (
        cd "$2"
        as_of=$(cat as-of)
        policy "$1" >policy
        set --
        while IFS= read -r line; do set -- "$@" "$line"; done <options
        while IFS= read -r line; do
            case $line in
            *"$tab"*)
                step ingest -q -d fleet.db --as-of="$as_of" "$@" \
                    --collected="${line#*"$tab"}" "${line%%"$tab"*}"
                ;;
            *) step ingest -q -d fleet.db --as-of="$as_of" "$@" "$line" ;;
            esac
        done <files
        set --
        while IFS= read -r line; do set -- "$@" --set "$line"; done <policy
        step analyze -q -d fleet.db --as-of="$as_of" "$@"
        step report -q -d fleet.db -u migration -o out -F csv
    )
}

set --
last=$((seed + fleets))
while [ "$seed" -lt "$last" ]; do
    judge "$seed" "$work/$seed"
    set -- "$@" "$work/$seed"
    seed=$((seed + 1))
done
"$python" "$here/answers.py" "$muster" "$@" || {
    kept=$(mktemp -d)
    cp -R "$work/." "$kept"
    echo "files kept in $kept" >&2
    exit 1
}
