#!/bin/sh
# The command line: help that fits, errors that say where, the exit codes.
set -eu
cd "$(dirname "$0")/../.."
muster=$PWD/$1/muster
case $1 in /*) muster=$1/muster ;; esac
dir=$(mktemp -d "${TMPDIR:-/tmp}/muster-cli.XXXXXX")
trap 'rm -rf "$dir"' EXIT
n=0
esc=$(printf '\033')

fail() {
    echo "$1"
    exit 1
}
ends() { # expected status, expected text in stderr, arguments...
    n=$((n + 1))
    want=$1 text=$2
    shift 2
    status=0
    "$muster" "$@" >"$dir/out" 2>"$dir/err" </dev/null || status=$?
    [ "$status" = "$want" ] ||
        fail "muster $*: status $status, expected $want: $(cat "$dir/err")"
    grep -qF -- "$text" "$dir/err" ||
        fail "muster $*: no \"$text\" in: $(cat "$dir/err")"
    if grep -q "$esc" "$dir/out" "$dir/err"; then
        fail "muster $*: an escape byte on a stream that is no terminal"
    fi
}

# Help of every command: 0, on stdout, 80 columns, every option in the manual.
commands=$("$muster" --help | sed -n 's/^  \([a-z]*\) .*/\1/p' |
    grep -v '^muster$' | sort -u)
[ "$(echo "$commands" | wc -l)" -gt 15 ] || fail "few commands: $commands"
for c in $commands; do
    "$muster" "$c" --help >"$dir/help" 2>"$dir/err" || fail "$c --help fails"
    [ -s "$dir/err" ] && fail "$c --help talks on stderr"
    awk -v c="$c" 'length > 80 { print c ": " $0; bad = 1 } END { exit bad }' \
        "$dir/help" || fail "help of $c is wider than 80 columns"
    grep -q "^\.It Cm $c" docs/muster.1 || fail "$c is not in the manual"
    for o in $(grep -oE '^  .{4}--[a-z-]+' "$dir/help" | grep -oE -- '--[a-z-]+')
    do
        grep -qE "Fl -${o#--}( |\$)" docs/muster.1 ||
            fail "$c: $o is not in the manual"
        n=$((n + 1))
    done
done
"$muster" --help | awk 'length > 80 { exit 1 }' || fail "help is too wide"

# Usage.
ends 2 'unknown command "reprot"' reprot
ends 2 'did you mean "report"' reprot
ends 2 'did you mean "--client"' run --cleint x
ends 2 '--as-of: "yesterday" is no date' run --as-of yesterday x.csv
ends 2 '--period: "../x" is no label' ingest --period ../x x.csv
ends 2 'needs' run --client
ends 2 'no command given'
ends 2 'unknown format "pdf"' report -d "$dir/none.db" -F pdf

# Input.
printf 'serial,name\nC02GOOD00001,a\nC02GOOD00002,b,c\n' >"$dir/ragged.csv"
printf 'serial,name\nC02GOOD00001,"a\n' >"$dir/open.csv"
printf 'serial,serial\nC02GOOD00001,a\n' >"$dir/twice.csv"
printf '[{"serial":"C02GOOD00001","serial":"C02GOOD00002"}]' >"$dir/dup.json"
printf '[{"serial":"C02GOOD00001"},' >"$dir/cut.json"
printf 'who,what\n1,2\n' >"$dir/strange.csv"
printf 'serial,name\n,a\nN/A,b\n' >"$dir/noserial.csv"
: >"$dir/empty.csv"
d="-d $dir/t.db --as-of 2026-11-24"
# shellcheck disable=SC2086 # options are meant to be split
{
    ends 4 'no-such.csv' ingest $d "$dir/no-such.csv"
    ends 4 'open.csv:2:' ingest $d "$dir/open.csv"
    ends 4 'twice.csv:1:' ingest $d "$dir/twice.csv"
    ends 4 'cut.json:1:' ingest $d "$dir/cut.json"
    ends 4 'strange.csv' ingest $d "$dir/strange.csv"
    ends 4 'empty.csv' ingest $d "$dir/empty.csv"
    ends 4 'noserial.csv' ingest $d "$dir/noserial.csv"
    ends 2 'nosuch' ingest $d -s nosuch "$dir/ragged.csv"
}
printf 'serial,name,os_version,secure_token\nC02GOOD00001,a,15.1,x\n' \
    >"$dir/good.csv"
# shellcheck disable=SC2086
ends 0 'good.csv' ingest $d "$dir/good.csv"
# shellcheck disable=SC2086
ends 0 'good.csv' ingest $d "$dir/good.csv"
[ "$(stat -c %a "$dir/t.db")" = 600 ] || fail "the database is not private"

# The database.
printf 'not a database, but long enough to be looked at by somebody' \
    >"$dir/text.db"
ends 1 'text.db' analyze -d "$dir/text.db"
sqlite3 "$dir/other.db" 'CREATE TABLE t(x); PRAGMA user_version=7'
before=$(sha256sum "$dir/other.db")
ends 1 'another program' analyze -d "$dir/other.db"
[ "$before" = "$(sha256sum "$dir/other.db")" ] || fail "other.db was changed"
cp "$dir/t.db" "$dir/newer.db"
sqlite3 "$dir/newer.db" 'PRAGMA user_version=9999'
before=$(sha256sum "$dir/newer.db")
ends 1 'newer muster' analyze -d "$dir/newer.db"
[ "$before" = "$(sha256sum "$dir/newer.db")" ] || fail "newer.db was changed"
ends 1 'no such database' analyze -d "$dir/none.db"

# Output.
mkdir "$dir/out1"
# shellcheck disable=SC2086
ends 0 '' run $d -o "$dir/out1" "$dir/good.csv"
f=$(find "$dir/out1" -name '*findings.csv')
[ -n "$f" ] || fail "no findings.csv"
[ "$(stat -c %a "$f")" = 600 ] || fail "a report is not private"
mkdir "$dir/out2"
echo mine >"$dir/out2/$(basename "$f")"
# shellcheck disable=SC2086
ends 6 '--force' run $d -o "$dir/out2" "$dir/good.csv"
[ "$(cat "$dir/out2/$(basename "$f")")" = mine ] || fail "overwrote a file"
echo x >"$dir/file"
# shellcheck disable=SC2086
ends 6 "$dir/file" run $d -o "$dir/file" "$dir/good.csv"

# Gates.
# shellcheck disable=SC2086
{
    printf 'serial,filevault\nC02GOOD00001,off\n' >"$dir/off.csv"
    ends 3 'high' run -d "$dir/g.db" --as-of 2026-11-24 -o "$dir/g" \
        --fail-on high "$dir/off.csv"
    [ -n "$(find "$dir/g" -name '*manifest.json')" ] || fail "no reports"
    ends 0 '' run -d "$dir/g.db" --as-of 2026-11-24 -o "$dir/g" \
        --fail-on critical "$dir/off.csv"
}

# A closed standard output ends with 141, and says nothing.
status=0
{ "$muster" rules list || echo $? >"$dir/status"; } 2>"$dir/err" | head -n 1 \
    >/dev/null
if [ -s "$dir/status" ]; then status=$(cat "$dir/status"); fi
[ "$status" = 141 ] || [ "$status" = 0 ] || fail "closed stdout: $status"
[ -s "$dir/err" ] && fail "closed stdout: $(cat "$dir/err")"
status=0
"$muster" rules list >/dev/full 2>"$dir/err" || status=$?
[ "$status" = 6 ] || fail "/dev/full: status $status"

# No room for the database: its name, status 6, and a file that was not read to
# its end is not in it. A limit of file size stands for the full volume.
i=0
while [ "$i" -lt 3000 ]; do
    echo "C02X$((10000 + i)),on,a name that makes the row of this Mac longer"
    i=$((i + 1))
done | { echo serial,filevault,name; cat; } >"$dir/large.csv"
"$muster" ingest -q -d "$dir/room.db" --as-of 2026-11-24 "$dir/off.csv" ||
    fail "no room: a small file"
status=0
(ulimit -f 300; exec "$muster" ingest -q -d "$dir/room.db" \
    --as-of 2026-11-24 "$dir/large.csv") 2>"$dir/err" || status=$?
[ "$status" = 6 ] || fail "no room: status $status"
grep -q 'room.db: cannot .*: writing to the volume failed' "$dir/err" ||
    fail "no room: $(cat "$dir/err")"
"$muster" query -d "$dir/room.db" 'SELECT count(*) FROM import' \
    >"$dir/out" 2>&1
tr -d '\r' <"$dir/out" | grep -qx 1 || fail "no room: $(cat "$dir/out")"
# A store that may not be written to, or whose folder may not: its name and
# status 6; reading it works. Root may write everywhere, so it is another's.
other=
[ "$(id -u)" != 0 ] || other='setpriv --reuid=65534 --regid=65534 --clear-groups'
mkdir -m 755 "$dir/ro"
cp "$muster" "$dir/ro/muster"
cp "$dir/room.db" "$dir/ro/m.db"
chmod 444 "$dir/ro/m.db"
chmod 755 "$dir"
refused() { # PART COMMAND...
    part=$1 status=0
    shift
    (cd "$dir/ro" && HOME=/ $other ./muster "$@" >/dev/null 2>"$dir/err") ||
        status=$?
    [ "$status" = 6 ] || fail "read-only, $*: status $status: $(cat "$dir/err")"
    grep -q "^muster: .*m.db: cannot .*: $part is read-only" "$dir/err" ||
        fail "read-only, $*: $(cat "$dir/err")"
}
if [ -z "$other" ] || $other true 2>/dev/null; then
    chmod 555 "$dir/ro"
    refused 'the file' analyze -d m.db --as-of 2026-11-24
    refused 'the file' prune -d m.db --keep 1
    (cd "$dir/ro" && $other ./muster status -d m.db >/dev/null 2>&1) ||
        fail 'read-only: status reads nothing'
    chmod 666 "$dir/ro/m.db"
    refused 'the folder' analyze -d m.db --as-of 2026-11-24
    chmod 755 "$dir/ro"
fi

# --replace: what was there before goes; the files of one command stay together.
for i in 1 2 3; do
    printf 'serial,filevault\nC02REPLAC%s,on\n' "$i" >"$dir/replace$i.csv"
done
ends 0 '' ingest -d "$dir/rep.db" --as-of 2026-11-24 "$dir/replace1.csv"
ends 0 '' ingest -d "$dir/rep.db" --as-of 2026-11-24 --replace \
    "$dir/replace2.csv" "$dir/replace3.csv"
"$muster" query -d "$dir/rep.db" \
    "SELECT group_concat(superseded, ' ') FROM import ORDER BY import_id" \
    >"$dir/out" 2>&1
grep -q '1 0 0' "$dir/out" || fail "--replace: $(cat "$dir/out")"

# A Mac of a school: 12,000 accounts in two files cost time by their number, not
# by its square. The sanitizers take their time: fewer there.
pupils=12000
case $1 in *asan* | *coverage*) pupils=2000 ;; esac
{
    echo serial,account,admin,secure_token
    i=0
    while [ "$i" -lt "$pupils" ]; do
        echo "C02SCHOOL1,pupil$i,no,yes"
        i=$((i + 1))
    done
} >"$dir/school.csv"
sed 's/,pupil/,Pupil/; s/,no,/,false,/' "$dir/school.csv" >"$dir/again.csv"
status=0
timeout 60 "$muster" run -q -d "$dir/school.db" -o "$dir/school" -F csv,json \
    --as-of 2026-11-24 "$dir/school.csv" "$dir/again.csv" || status=$?
[ "$status" = 0 ] || fail "a Mac of a school: status $status"
[ "$(wc -l <"$dir/school/fleet-monthly-2026-11-accounts.csv")" = $((pupils + 1)) ] ||
    fail "a Mac of a school: not all accounts"
echo "$n checks"
