#!/bin/sh
# Every static check: format, tidy, cppcheck, shell, manual pages, house rules.
# usage: lint.sh FLAGS FILE.c...
set -u
cd "$(dirname "$0")/.." || exit 1
FLAGS=$(printf '%s\n' "$1" | tr -d '\\') # as words, not for a shell
shift
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
# One file a call: given many, version 14 takes every va_list but the first
# for uninitialized.
tidy() {
    # shellcheck disable=SC2086 # flags are meant to be split
    printf '%s\n' "$@" | xargs -P "$(nproc)" -I FILE clang-tidy --quiet \
        --warnings-as-errors='*' FILE -- $FLAGS -Wno-unknown-warning-option \
        2>/dev/null # where it counts what it does not show
}
step tidy tidy "$@"
step cppcheck cppcheck -q -I. --error-exitcode=1 --inline-suppr \
    --enable=warning,portability --suppress=missingIncludeSystem \
    --suppress=nullPointerRedundantCheck -DMUSTER_VERSION=\"x\" "$@"
# shellcheck disable=SC2046
step shell shellcheck -x -S warning \
    $(git ls-files '*.sh' .ci/run ':!ingest/collectors')
# shellcheck disable=SC2046 # parts, put together by the program
step collectors shellcheck -s sh -S warning $(git ls-files ingest/collectors)
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
    {
        grep -nE '#include "(analyze|report)/' ingest/*.[ch]
        grep -nE '#include "(ingest|report)/' analyze/*.[ch]
        grep -nE '#include "(ingest|analyze)/' report/*.[ch]
        grep -nE '#include "(ingest|analyze|report)/' core/*.[ch] |
            grep -v -e '^core/cmd_' -e '^core/main.c'
    } | grep . && return 1
    return 0
}
step one-way arrows
addresses() { none git grep -nI '"resolved"' -- '*lock*.json'; }
step no-download-addresses addresses
exit $bad
