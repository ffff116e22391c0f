#!/bin/sh
# slow
# Killed anywhere: the database has whole files or none of them, the reports
# are the old ones or the new ones, and the next run needs no repair.
# KILL_POINTS=n bounds the points of each system call (default 2).
set -eu
cd "$(dirname "$0")/../.."
muster=$PWD/$1/muster
case $1 in /*) muster=$1/muster ;; esac
dir=$(mktemp -d "${TMPDIR:-/tmp}/muster-killed.XXXXXX")
trap 'rm -rf "$dir"' EXIT
points=${KILL_POINTS:-2}
n=0
if ! strace -qq -o /dev/null true 2>/dev/null; then
    echo "strace cannot trace here: not run"
    exit 77
fi
fail() {
    echo "$1"
    exit 1
}
mkdir "$dir/in"
cp fixtures/demo/2026-11/quill-and-co/devices.csv \
    fixtures/demo/2026-11/quill-and-co/accounts.csv "$dir/in/"
cd "$dir/in"
do_run() { # name, prefix words...
    name=$1
    shift
    "$@" "$muster" run -q -d "$dir/$name.db" --as-of 2026-11-27 \
        -o "$dir/$name" devices.csv accounts.csv
}
do_run whole env
# Reports of an earlier state, which a killed run may leave or replace.
"$muster" run -q -d "$dir/old.db" --as-of 2026-11-27 -o "$dir/old" devices.csv

state() { # every file of a folder is of the old set, or of the new
    for f in "$dir/$1"/*; do
        case $f in *'*') continue ;; */.*) continue ;; esac
        case $f in */tmp.*) [ -s "$f" ] || continue ;; esac
        b=$(basename "$f")
        cmp -s "$f" "$dir/whole/$b" || cmp -s "$f" "$dir/old/$b" ||
            fail "$2: $b is neither old nor new"
    done
}
for call in write pwrite64 fsync fdatasync rename renameat2 unlink openat \
    close ftruncate; do
    i=1
    step=1
    while [ "$i" -le 4000 ]; do
        rm -rf "$dir/k.db" "$dir/k.db-journal" "$dir/k"
        cp -r "$dir/old" "$dir/k"
        status=0
        do_run k strace -f -qq -o /dev/null \
            -e "inject=$call:signal=SIGKILL:when=$i" >/dev/null 2>&1 ||
            status=$?
        [ "$status" = 0 ] && break
        n=$((n + 1))
        what="killed at $call $i"
        state k "$what"
        if [ -s "$dir/k.db" ]; then
            ok=$(sqlite3 "$dir/k.db" 'PRAGMA integrity_check' 2>&1) || true
            [ "$ok" = ok ] || fail "$what: $ok"
            part=$(sqlite3 "$dir/k.db" "SELECT count(*) FROM import i
                WHERE i.devices <> (SELECT count(*) FROM device_row r
                    WHERE r.import_id = i.import_id)" 2>/dev/null || echo 0)
            [ "$part" = 0 ] || fail "$what: half a file is in"
        fi
        do_run k env || fail "$what: the next run fails"
        find "$dir/k" -name '.*' -type f | grep . &&
            fail "$what: something is left behind"
        # the workbook library's own temporary file, between its making and
        # its unlinking: empty, private, and no report
        find "$dir/k" -name 'tmp.*' -type f -empty -perm 600 -delete
        diff -rq "$dir/whole" "$dir/k" || fail "$what: other reports"
        # the first points one by one, then wider apart
        [ "$i" -ge "$points" ] && step=$((step * 4))
        i=$((i + step))
    done
done
[ "$n" -gt 20 ] || fail "only $n points"
echo "killed at $n points, nothing half"
