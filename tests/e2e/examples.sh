#!/bin/sh
# The worked examples of the manuals, as they stand there: docs/mappings.md,
# docs/migration.md, README.md, and the examples of every command's help.
# (Those of docs/operator-files.md are in operator.sh.)
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

root=$PWD
cd "$dir" || exit 1
python3 - "$root" <<'E_'
import re, sys

root = sys.argv[1]


def page(name):
    with open(f"{root}/{name}", encoding="utf-8") as f:
        return f.read()


def put(name, text):
    with open(name, "w", encoding="utf-8") as f:
        f.write(text)


def indented(text):
    return [re.sub(r"^    ", "", line) for line in text.splitlines()
            if line.startswith("    ")]


example = page("docs/mappings.md").split("## A worked example")[1]
put("asset.csv", "\n".join(indented(example.split("```")[0])) + "\n")
put("asset-tool.json", re.search(r"```json\n(.*?)```", example, re.S)[1])
move = page("docs/migration.md")
put("move.conf", "\n".join(
    indented(move.split("## The way")[1].split("\n- ")[0])) + "\n")


def commands(text):
    """Lines that call the program, without the remark after the command."""
    return [re.split(r"  +", line)[0] for line in indented(text)
            if line.startswith("muster ")]


put("commands", "\n".join(commands(move) + commands(page("README.md"))) + "\n")
E_

# ---------------------------------------------------------- docs/mappings.md
mkdir own && cp asset-tool.json own/
tells 'asset-tool - ' "$muster" sources detect --sources own asset.csv
check 'the mapping' "$muster" ingest -q -d map.db --as-of 2026-03-10 \
    --source asset-tool.json asset.csv
check 'judged' "$muster" analyze -q -d map.db --as-of 2026-03-10
says 'C02EXAMPLE01|on|1|1|2
C02EXAMPLE02|off|0|1|0
C02EXAMPLE03|||0|0' sqlite3 map.db "
    SELECT d.serial, f.filevault, f.bootstrap_escrowed_server,
           coalesce(f.holders_listed, 0),
           (SELECT count(*) FROM account_fact a
             WHERE a.device_id = d.device_id AND a.secure_token)
      FROM device_fact f JOIN device d USING (device_id) ORDER BY d.serial"

# --------------------------------------------------------- docs/migration.md
cat >fleet.csv <<'CSV'
serial,name,client,os_version,last_checkin,mdm_enrolled,mdm_server,filevault
C02XK1ABCD,one,Northwind,15.7.2,2026-12-01,yes,Old Server,on
CSV
cat >people.csv <<'CSV'
serial,account,full_name,secure_token,admin
C02XK1ABCD,anna,Anna Ash,yes,no
C02XK1ABCD,ben,Ben Berg,yes,yes
CSV
check 'the policy' "$muster" run -q -c move.conf -u migration \
    --as-of 2026-12-02 fleet.csv people.csv
for pair in route=in-place planned_day=2026-12-12 deadline=2026-12-19 \
    'new_server=Fleet Two' new_server_bootstrap=yes \
    recovery_keys_exported=2026-12-01; do
    "$muster" config -c move.conf >config 2>&1
    grep -qE "^${pair%%=*} *= *${pair#*=} +; .*move.conf" config || {
        cat config
        fail "the policy does not say $pair"
    }
done

# ----------------------------------- commands of the pages, over such a store
cp fleet.csv addigy-devices.csv
cp fleet.csv jamf-computers.csv
mkdir exports && cp fleet.csv people.csv exports/
said=0
while IFS= read -r line; do
    quietly sh -c "$(printf '%s' "$line" | sed "s|^muster|\"$muster\"|")"
    [ "$status" = 0 ] || fail "$line: status $status"
    said=$((said + 1))
done <commands
[ "$said" -ge 8 ] || fail "only $said commands were found"

# ------------------------------------------------- examples of every command
for c in $("$muster" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
    "$muster" "$c" --help | sed -n '/^Examples:/,/^$/s/^  //p' |
        grep '^muster ' >lines || fail "$c: its help has no example"
    while IFS= read -r line; do
        # What it names need not be there; options and verbs must be.
        quietly timeout 60 sh -c \
            "$(printf '%s' "$line" | sed "s|^muster|\"$muster\"|")"
        if grep -qE 'unknown (option|command)|takes no|is no (option|command)' \
            stderr; then
            fail "$c: $line"
        fi
    done <lines
done
finish
