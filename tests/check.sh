#!/bin/sh
# Run every test against the program built in folder $1, in order of cost.
# usage: check.sh BUILD [--sanitized]   (--sanitized: no browser, no timing)
set -u
cd "$(dirname "$0")/.." || exit 1
B=$1
MODE=${2:-}
export LC_ALL=C TZ=UTC
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
# Slow programs judge fewer random fleets; memory errors do not need many.
[ "$MODE" = --sanitized ] && export ORACLE_FLEETS="${ORACLE_FLEETS:-8}"
passed=0 failed=0 skipped=0

run() { # name, command...
    name=$1
    shift
    log=$B/check-$name.log
    if timeout 900 "$@" >"$log" 2>&1; then
        passed=$((passed + 1))
        echo "ok    $name: $(tail -n 1 "$log")"
    elif [ $? -eq 77 ]; then
        skipped=$((skipped + 1))
        echo "skip  $name: $(tail -n 1 "$log")"
    else
        failed=$((failed + 1))
        echo "FAIL  $name (the end of $log)"
        tail -n 25 "$log" | sed 's/^/      /'
    fi
}

run units "$B/muster-tests"
run rules "$B/muster" rules test
for t in tests/e2e/*.sh; do
    [ -e "$t" ] || continue
    name=$(basename "$t" .sh)
    if [ "$MODE" = --sanitized ] && grep -q '^# slow' "$t"; then
        continue
    fi
    run "$name" sh "$t" "$B"
done
[ "$MODE" = --sanitized ] || run browser sh tests/browser/run.sh "$B"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
