# shellcheck shell=sh disable=SC2034
# Sourced by tests/e2e/*.sh: the program, a folder that goes when the test
# ends, and checks that say what they found.
#
#   # shellcheck source=tests/support/e2e.sh
#   . "$(dirname "$0")/../support/e2e.sh"   the build folder is $1
#   check "text" command...                 the command succeeds
#   says "expected" command...              its stdout is exactly that
#   tells "part" command...                 its stdout has that part
#   ends STATUS "part" command...           status, and a part of its stderr
#   store FILE SQL...                       a store filled by sqlite3
#   finish                                  "12 checks", as the last line
set -eu
cd "$(dirname "$0")/../.." || exit 1
muster=$PWD/$1/muster
case $1 in /*) muster=$1/muster ;; esac
dir=$(mktemp -d "${TMPDIR:-/tmp}/muster-e2e.XXXXXX")
trap 'rm -rf "$dir"' EXIT
unset MUSTER_CONFIG XDG_CONFIG_HOME
export HOME="$dir" LC_ALL=C TZ=UTC
checks=0

fail() {
    echo "FAILED: $1"
    [ -s "$dir/stdout" ] && sed 's/^/  out: /' "$dir/stdout"
    [ -s "$dir/stderr" ] && sed 's/^/  err: /' "$dir/stderr"
    exit 1
}
quietly() { # run, keeping status and both streams
    status=0
    "$@" >"$dir/stdout" 2>"$dir/stderr" </dev/null || status=$?
    checks=$((checks + 1))
}
check() {
    what=$1
    shift
    quietly "$@"
    [ "$status" = 0 ] || fail "$what: status $status"
}
says() {
    printf '%s\n' "$1" >"$dir/expected"
    shift
    quietly "$@"
    [ "$status" = 0 ] || fail "$*: status $status"
    diff "$dir/expected" "$dir/stdout" >"$dir/diff" || {
        cat "$dir/diff"
        fail "$*: another output"
    }
}
tells() {
    part=$1
    shift
    quietly "$@"
    [ "$status" = 0 ] || fail "$*: status $status"
    grep -qF -- "$part" "$dir/stdout" || fail "$*: no \"$part\""
}
ends() {
    want=$1 part=$2
    shift 2
    quietly "$@"
    [ "$status" = "$want" ] || fail "$*: status $status, expected $want"
    [ -z "$part" ] || grep -qF -- "$part" "$dir/stderr" ||
        fail "$*: no \"$part\""
}
store() {
    file=$1
    shift
    rm -f "$file"
    {
        echo 'PRAGMA application_id=1836413812; PRAGMA user_version=5;'
        echo 'BEGIN;'
        cat ingest/schema.sql "$@"
        echo 'COMMIT;'
    } | sqlite3 -bail "$file"
}
finish() {
    echo "$checks checks"
}
