#!/bin/sh
# Every static check: format, tidy, cppcheck, shell, manual pages, house rules.
# usage: lint.sh CC FLAGS FILE.c...
set -u
cd "$(dirname "$0")/.." || exit 1
CC=$1
FLAGS=$2
shift 2
bad=0

step() { # name, command...
    name=$1
    shift
    if out=$("$@" 2>&1); then
        echo "ok    $name"
    else
        echo "FAIL  $name"
        printf '%s\n' "$out" | head -n 40
        bad=1
    fi
}
none() { # succeed where the command finds nothing
    if out=$("$@" 2>/dev/null) && [ -n "$out" ]; then
        printf '%s\n' "$out"
        return 1
    fi
}
sources() { git ls-files '*.c' '*.h' 2>/dev/null; }

# shellcheck disable=SC2046 # file names here have no blanks
step format clang-format --dry-run -Werror $(sources)
# shellcheck disable=SC2086 # flags are meant to be split
tidy() { clang-tidy --quiet --warnings-as-errors='*' "$@" -- $FLAGS \
    -Wno-unknown-warning-option; }
step tidy tidy "$@"
step cppcheck cppcheck -q -I. --error-exitcode=1 --inline-suppr \
    --enable=warning,portability --suppress=missingIncludeSystem \
    --suppress=nullPointerRedundantCheck -DMUSTER_VERSION=\"x\" "$@"
# shellcheck disable=SC2046
step shell shellcheck -x $(git ls-files '*.sh' .ci/run)
for m in docs/*.1 docs/*.5; do
    [ -e "$m" ] && step "$m" mandoc -Tlint -Wwarning "$m"
done
clock() { none grep -nEi "'now'|current_(date|time)|random\(|julianday" \
    analyze/rules/*/*.sql; }
step rules-read-no-clock clock
first() {
    for f in "$@"; do
        grep -m1 '^#include' "$f" | grep -q '"core/base.h"' || echo "$f"
    done | grep . && return 1
    return 0
}
step base-first first "$@"
arrows() { # a stage includes core and itself
    for s in ingest analyze report; do
        others=$(echo ingest analyze report | tr ' ' '\n' | grep -v $s |
            paste -sd'|' -)
        grep -nE "#include \"($others)/" $s/*.c $s/*.h
    done | grep . && return 1
    grep -nE '#include "(ingest|analyze|report)/' $(ls core/*.c core/*.h |
        grep -v -e core/cmd_ -e core/main.c) | grep . && return 1
    return 0
}
step one-way arrows
home=$(dirname "$PWD")
workplace() { none git grep -nIiE "$home/|resolved\": \"http" -- .; }
step no-machine-paths workplace
exit $bad
