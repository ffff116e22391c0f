#!/bin/sh
# slow: PostgreSQL accepts every rule, over tables of the posture's columns.
#
# A server of its own, private: a folder that goes, a socket in it, no network.
# Where there is no PostgreSQL the test is skipped.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

bin=
for b in /usr/lib/postgresql/*/bin; do
    if [ -x "$b/initdb" ] && [ -x "$b/postgres" ]; then bin=$b; fi
done
[ -n "$bin" ] || {
    echo "PostgreSQL is not installed"
    exit 77
}

# PostgreSQL refuses to run as root.
if [ "$(id -u)" = 0 ]; then
    user=nobody
    if id postgres >/dev/null 2>&1; then user=postgres; fi
    as() { setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups \
        env HOME="$dir" LC_ALL=C TZ=UTC "$@"; }
    mkdir "$dir/pg"
    chown "$user" "$dir/pg"
    chmod 711 "$dir"
else
    as() { "$@"; }
    mkdir "$dir/pg"
fi
stop() {
    as "$bin/pg_ctl" -D "$dir/pg/data" -m immediate -w stop >/dev/null 2>&1 ||
        :
    rm -rf "$dir"
}
trap stop EXIT
trap 'exit 130' INT TERM
sql() { (cd "$dir/pg" && as "$bin/psql" -h "$dir/pg" -U muster -d postgres \
    -X -q -v ON_ERROR_STOP=1 "$@"); }

check "a cluster" as "$bin/initdb" -D "$dir/pg/data" -U muster -A trust \
    --no-sync -E UTF8 --locale=C
check "a server" as "$bin/pg_ctl" -D "$dir/pg/data" -w -t 60 \
    -l "$dir/pg/log" -o "-k $dir/pg -c listen_addresses= -c fsync=off" start

# The views, as the program has them after any analysis.
printf 'serial,account,secure_token\nC02EXAMPLE01,ana,true\n' >"$dir/a.csv"
check "a posture" "$muster" run -q --no-progress -d "$dir/m.db" \
    -o "$dir/out" -F csv --as-of 2026-11-30 --period 2026-11 "$dir/a.csv"
columns() {
    "$muster" query -d "$dir/m.db" "SELECT * FROM $1" | sed -n '1s/\r$//p' |
        tr , '\n'
}

# Their types: of facts from the vocabulary, of settings from the policy, of
# what is derived by its name; all else is a boolean.
sed -n 's/^    \([A-Z]*\)("\([a-z_]*\)".*/\2 \1/p
    s/^    {"\([a-z_]*\)", FACT_\([A-Z]*\),.*/\1 \2/p' core/facts.c >"$dir/facts"
sed -n 's/^    {"\([a-z_]*\)", POLICY_\([A-Z]*\),.*/p_\1 \2/p' core/policy.c \
    >>"$dir/facts"
typed() { # columns on stdin
    awk 'BEGIN {
            kind["B"] = kind["BOOL"] = "boolean"
            kind["N"] = kind["T"] = kind["LATEST"] = "bigint"
            kind["TIME"] = kind["COUNT"] = kind["DAYS"] = "bigint"
        }
        NR == FNR {
            type[$1] = ($2 in kind) ? kind[$2] : "text"
            next
        }
        {
            name = $1
            sub(/^device_/, "", name)
            t = (name in type) ? type[name] : "boolean"
            if ($1 ~ /_id$/ && $1 !~ /mdm_id$/)
                t = "bigint"
            if ($1 ~ /^(os|as_of|days_silent|accounts_seen)$/ ||
                $1 ~ /_(min|max)$/)
                t = "bigint"
            if ($1 ~ /_names$/ ||
                $1 ~ /^(bootstrap_state|bootstrap_unsure|repair_path|migration_.*)$/)
                t = "text"
            printf "%s%s %s", (FNR > 1 ? ",\n  " : "  "), $1, t
        }' "$dir/facts" -
}
for view in device_posture account_posture; do
    echo "CREATE TABLE $view ("
    columns "$view" | typed
    echo ");"
done >"$dir/pg/tables.sql"
chmod 644 "$dir/pg/tables.sql"
check "tables of the posture's columns" sql -f "$dir/pg/tables.sql"
check "device facts are typed" grep -qx '  filevault text,' \
    "$dir/pg/tables.sql"
check "booleans are booleans" grep -qx '  filevault_on boolean,' \
    "$dir/pg/tables.sql"

rules=0
for f in analyze/rules/*/*.sql; do
    grep -q '^-- kind: engine' "$f" && continue
    { echo 'EXPLAIN' && cat "$f"; } >"$dir/pg/rule.sql"
    chmod 644 "$dir/pg/rule.sql"
    check "$f" sql -o /dev/null -f "$dir/pg/rule.sql"
    rules=$((rules + 1))
done
# What PostgreSQL refuses is seen: a number is no truth value there.
echo "EXPLAIN SELECT device_id FROM device_posture WHERE filevault_on = 1" \
    >"$dir/pg/rule.sql"
quietly sql -f "$dir/pg/rule.sql"
[ "$status" != 0 ] || fail "a boolean compared with a number was accepted"
echo "$rules rules are accepted by $("$bin/postgres" --version)"
