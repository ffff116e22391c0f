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

# One fleet: made, judged, reported.
judge() {
    "$python" "$here/random_fleet.py" "$macs" "$1" "$2"
    (
        cd "$2"
        set -- "--as-of=$(cat as-of)"
        while IFS= read -r line; do set -- "$@" "$line"; done <options
        while IFS= read -r line; do set -- "$@" "$line"; done <files
        "$muster" run -q -d fleet.db -o out -F csv --no-progress "$@" \
            >run.out 2>run.err || {
            echo "muster run failed ($?) on fleet $2:" >&2
            cat run.err >&2
            exit 1
        }
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
