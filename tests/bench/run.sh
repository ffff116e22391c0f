#!/bin/sh
# Measures muster against its peers and prints one table.
#
# usage: run.sh MUSTER GENFLEET WORKDIR [MEASURE...]
#
#   ingest   CSV of N Macs, against sqlite3 .import of the same files
#   run      muster run -F csv, against ten rules in the sqlite3 shell;
#            its peak memory
#   growth   the same at ten times N: memory, and how much longer it takes
#   shuffle  run with the accounts in no order, against in order
#   xlsx     muster report -F xlsx, against libxlsxwriter for the same cells;
#            of a fifth of N, since taking the cells out for the peer is slow
#   json     JSON of N Macs, against Python's json and sqlite3
#   analyze  resolve, posture and every rule of ten times N, against a bound of
#            seconds; what else an analysis does beside it
#   report   muster report -F html,csv,json, against writing the same bytes
#
# Without a MEASURE: all but growth and analyze, and with BENCH_FULL=1 these and
# the ingest of ten times N as well. BENCH_N (100000) is N, BENCH_RUNS (3) how often
# each pair is run; the two sides of a pair are run in turn and the median
# counts. Times are user CPU seconds of the whole process and its children.
#
# The floors are looked for in bench/ beside MUSTER. Exit status: 0 whatever
# the ratios are, 1 where something did not run, 2 usage.
# shellcheck disable=SC2317 # sides of a pair are called by name
set -u
LC_ALL=C
export LC_ALL

[ $# -ge 3 ] || {
    echo "usage: run.sh MUSTER GENFLEET WORKDIR [MEASURE...]" >&2
    exit 2
}
MUSTER=$1 GENFLEET=$2 WORK=$3
shift 3
HERE=$(dirname "$0")
FLOORS=$(dirname "$MUSTER")/bench
N=${BENCH_N:-100000}
RUNS=${BENCH_RUNS:-3}
FULL=${BENCH_FULL:-}
PERIOD="--period 2026-11 --as-of 2026-11-30"
PYTHON=/usr/bin/python3
[ -x "$PYTHON" ] || PYTHON=python3
failed=0

mkdir -p "$WORK" || exit 1
TABLE=$WORK/table.txt
: >"$TABLE"

say() {
    echo "$*" >&2
}

# fleet N [--shuffle|--json]: makes it once, leaves its folder in FLEET.
fleet() {
    FLEET=$WORK/fleet-$1${2:-}
    cksum <"$GENFLEET" >"$WORK/generator" || exit 1
    cmp -s "$WORK/generator" "$FLEET/generator" && return
    rm -rf "$FLEET"
    # shellcheck disable=SC2086 # an option that may be absent
    if ! "$GENFLEET" "$1" "$FLEET" ${2:-}; then
        say "run.sh: genfleet failed"
        exit 1
    fi
    cp "$WORK/generator" "$FLEET/generator"
}

# timed SERIES COMMAND...: appends "user system wall KiB" to a series.
timed() {
    series=$WORK/$1.times
    shift
    if ! /usr/bin/time -o "$WORK/one.time" -f '%U %S %e %M' \
        "$@" >"$WORK/stdout" 2>"$WORK/stderr"; then
        say "run.sh: failed: $*"
        tail -n 5 "$WORK/stderr" >&2
        return 1
    fi
    tail -n 1 "$WORK/one.time" >>"$series"
}

# The two sides of a pair in turn: pair SERIES_A SERIES_B FUNCTION_A FUNCTION_B
pair() {
    rm -f "$WORK/$1.times" "$WORK/$2.times"
    i=0
    while [ "$i" -lt "$RUNS" ]; do
        "$3" "$1" || return 1
        "$4" "$2" || return 1
        i=$((i + 1))
    done
}

# median SERIES COLUMN
median() {
    cut -d ' ' -f "$2" "$WORK/$1.times" | sort -n |
        awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'
}

# row MEASURE MUSTER PEER GOAL: a ratio of two figures.
row() {
    awk -v m="$1" -v a="$2" -v b="$3" -v g="$4" 'BEGIN {
        if (b + 0 <= 0) b = 0.005
        printf "%-50s %9.2f %9.2f %7.2f %6.2f  %s\n", m, a, b, a / b, g,
               (a / b <= g + 0 ? "ok" : "over")
    }' >>"$TABLE"
}

# peak MEASURE SERIES MIB: the most memory of a series.
peak() {
    cut -d ' ' -f 4 "$WORK/$2.times" | sort -n | tail -n 1 |
        awk -v m="$1" -v g="$3" '{
            printf "%-50s %9.1f %9s %7s %6.0f  %s\n", m, $1 / 1024, "", "", g,
                   ($1 / 1024 <= g + 0 ? "ok" : "over")
        }' >>"$TABLE"
}

fresh() {
    rm -rf "$WORK/out" "$WORK"/bench.db*
    mkdir -p "$WORK/out"
}

# ---------------------------------------------------------------- the sides

muster_ingest() {
    fresh
    # shellcheck disable=SC2086 # PERIOD is several words
    timed "$1" "$MUSTER" ingest -q -d "$WORK/bench.db" $PERIOD \
        "$FLEET/devices.csv" "$FLEET/accounts.csv"
}

sqlite_import() {
    timed "$1" sh "$HERE/peer_sqlite.sh" "$FLEET" "$WORK/peer" import
}

muster_run() {
    fresh
    # shellcheck disable=SC2086
    timed "$1" "$MUSTER" run -q -d "$WORK/bench.db" -o "$WORK/out" -F csv \
        $PERIOD "$FLEET/devices.csv" "$FLEET/accounts.csv"
}

sqlite_all() {
    timed "$1" sh "$HERE/peer_sqlite.sh" "$FLEET" "$WORK/peer" all
}

muster_json() {
    fresh
    # shellcheck disable=SC2086
    timed "$1" "$MUSTER" ingest -q -d "$WORK/bench.db" $PERIOD \
        "$FLEET/fleet.json"
}

python_json() {
    timed "$1" "$PYTHON" "$HERE/peer_json.py" "$FLEET/fleet.json" \
        "$WORK/peer.db"
}

muster_report() {
    rm -rf "$WORK/out"
    mkdir -p "$WORK/out"
    timed "$1" "$MUSTER" report -q -d "$WORK/bench.db" -o "$WORK/out" \
        --period 2026-11 -F "$FORMATS"
}

xlsx_floor() {
    timed "$1" "$FLOORS/xlsx_floor" "$WORK/cells.csv" "$WORK/floor.xlsx"
}

bytes_floor() {
    rm -rf "$WORK/floor"
    mkdir -p "$WORK/floor"
    timed "$1" "$FLOORS/bytes_floor" "$WORK/floor" "$WORK"/out/*
}

# ------------------------------------------------------------- the measures

measure_ingest() {
    fleet "$N"
    say "ingest: $N Macs, $RUNS pairs"
    pair ingest import muster_ingest sqlite_import || return 1
    row "CSV ingest, $N Macs" "$(median ingest 1)" "$(median import 1)" 0.70
    peak "  peak memory, MiB" ingest 64
    [ -n "$FULL" ] || return 0
    fleet $((N * 10))
    say "ingest: $((N * 10)) Macs, $RUNS pairs"
    pair ingest10 import10 muster_ingest sqlite_import || return 1
    row "CSV ingest, $((N * 10)) Macs" "$(median ingest10 1)" \
        "$(median import10 1)" 0.70
    peak "  peak memory, MiB" ingest10 160
}

measure_run() {
    fleet "$N"
    say "run: $N Macs, $RUNS pairs"
    pair run all muster_run sqlite_all || return 1
    row "run -F csv, all rules / ten in the shell, $N" "$(median run 1)" \
        "$(median all 1)" 2.5
    peak "  peak memory, MiB" run 64
}

measure_growth() {
    fleet "$N"
    rm -f "$WORK/small.times" "$WORK/large.times"
    say "growth: $N and $((N * 10)) Macs, $RUNS pairs"
    i=0
    while [ "$i" -lt "$RUNS" ]; do
        fleet "$N"
        muster_run small || return 1
        fleet $((N * 10))
        muster_run large || return 1
        i=$((i + 1))
    done
    row "run -F csv, $((N * 10)) Macs / $N" "$(median large 1)" \
        "$(median small 1)" 11
    peak "  peak memory at $((N * 10)), MiB" large 160
}

measure_shuffle() {
    fleet "$N"
    ordered=$FLEET
    fleet "$N" --shuffle
    shuffled=$FLEET
    rm -f "$WORK/ordered.times" "$WORK/shuffled.times"
    say "shuffle: $N Macs, $RUNS pairs"
    i=0
    while [ "$i" -lt "$RUNS" ]; do
        FLEET=$shuffled
        muster_run shuffled || return 1
        FLEET=$ordered
        muster_run ordered || return 1
        i=$((i + 1))
    done
    row "run -F csv, accounts shuffled / ordered, $N" \
        "$(median shuffled 1)" "$(median ordered 1)" 1.8
    peak "  peak memory, MiB" shuffled 64
}

# A judged store of so many Macs in bench.db, for the measures of reports.
judged() {
    fleet "$1"
    muster_run judged
}

# Seconds, not a ratio: no peer does the same. The bound is for a million Macs
# and in proportion for fewer.
measure_analyze() {
    large=$((N * 10))
    fleet "$large"
    rm -f "$WORK/analyze.times" "$WORK/stages"
    say "analyze: $large Macs, $RUNS times"
    i=0
    while [ "$i" -lt "$RUNS" ]; do
        muster_ingest untimed || return 1
        timed analyze "$MUSTER" analyze -v -d "$WORK/bench.db" \
            --period 2026-11 || return 1
        # facts, derived facts, rules, results
        grep 'CPU seconds:' "$WORK/stderr" | tr -cd '0-9. \n' >>"$WORK/stages"
        i=$((i + 1))
    done
    awk '{ print $1 + $2 + $3, $4 }' "$WORK/stages" >"$WORK/judging.times"
    seconds "analyze: facts, derived facts, rules, $large" judging 1 45
    seconds "  results, history, readiness" judging 2
    seconds "  together" analyze 1
    peak "  peak memory, MiB" analyze 160
}

# seconds TEXT SERIES FIELD [GOAL for a million Macs]
seconds() {
    awk -v m="$1" -v a="$(median "$2" "$3")" -v n="$large" -v goal="${4:-}" '
    BEGIN {
        if (goal == "") {
            printf "%-50s %9.2f\n", m, a
            exit
        }
        goal *= n / 1000000
        printf "%-50s %9.2f %9s %7s %6.1f  %s\n", m, a, "", "", goal,
               (a <= goal ? "ok" : "over")
    }' >>"$TABLE"
}

measure_xlsx() {
    few=$((N / 5))
    say "xlsx: $few Macs, $RUNS pairs"
    judged "$few" || return 1
    FORMATS=xlsx
    muster_report xlsx_once || return 1
    "$PYTHON" "$HERE/xlsx_cells.py" "$WORK"/out/*.xlsx "$WORK/cells.csv" || {
        return 1
    }
    pair xlsx xlsx_floor muster_report xlsx_floor || return 1
    row "report -F xlsx / libxlsxwriter, same cells, $few" \
        "$(median xlsx 1)" "$(median xlsx_floor 1)" 1.15
    peak "  peak memory, MiB" xlsx 64
}

measure_json() {
    fleet "$N" --json
    say "json: $N Macs, $RUNS pairs"
    pair json python muster_json python_json || return 1
    row "JSON ingest / Python json + sqlite3, $N" "$(median json 1)" \
        "$(median python 1)" 0.65
    peak "  peak memory, MiB" json 96
}

measure_report() {
    say "report: $N Macs, $RUNS pairs"
    judged "$N" || return 1
    FORMATS=html,csv,json
    pair report bytes_floor muster_report bytes_floor || return 1
    row "report -F html,csv,json / same bytes from C, $N" \
        "$(median report 1)" "$(median bytes_floor 1)" 1.5
    peak "  peak memory, MiB" report 64
}

[ $# -gt 0 ] || {
    set -- ingest run shuffle xlsx json report
    [ -z "$FULL" ] || set -- "$@" growth analyze
}
for measure; do
    case $measure in
    ingest | run | growth | analyze | shuffle | xlsx | json | report)
        "measure_$measure" || failed=1
        ;;
    *)
        say "run.sh: no measure is called $measure"
        exit 2
        ;;
    esac
done

printf '\n%-50s %9s %9s %7s %6s\n' "measure (user CPU seconds, median of $RUNS)" \
    muster peer ratio goal
cat "$TABLE"
exit $failed
