#!/bin/sh
# muster check, init and config: what a run would read, before it does.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

root=$PWD
cd "$dir"
tells 'ok    configuration  no file, the defaults hold' "$muster" check
tells 'ok    templates' "$muster" check

# init writes what check accepts, and overwrites nothing.
ends 0 'wrote muster.conf' "$muster" init
[ "$(stat -c %a muster.conf)" = 600 ] || fail 'muster.conf is not private'
tells 'ok    configuration  muster.conf, 0 clients' "$muster" check
echo '# mine' >muster.conf
ends 6 'muster.conf: exists; it was left as it is' "$muster" init
[ "$(cat muster.conf)" = '# mine' ] || fail 'init overwrote a file'
ends 0 'wrote' "$muster" init --force
grep -q '^#freshness_days = 30$' muster.conf || fail 'init --force wrote nothing'
ends 6 'cannot create' "$muster" init --config no/such/folder/m.conf
rm muster.conf

# config shows where each value comes from.
printf '[policy]\nfreshness_days = 21\n[client "A"]\nroute = erase\n' >x.conf
tells 'freshness_days = 21                           ; x.conf:2' \
    "$muster" config -c x.conf --set export_days=9
grep -q '^export_days = 9  *; --set$' "$dir/stdout" || fail 'no --set'
grep -q '^route = erase  *; x.conf:4$' "$dir/stdout" || fail 'no client'
MUSTER_CONFIG=x.conf tells '# x.conf' "$muster" config
check json "$muster" config -c x.conf --json
jq -e '.schema == "muster.config/1" and (.settings[] | select(.key ==
    "freshness_days") | .value == 21 and .from == "x.conf:2")' "$dir/stdout" \
    >"$dir/jq" || fail 'json says something else'
ends 5 'cannot open the configuration' "$muster" config -c missing.conf
printf '[policy]\nfreshnes_days = 21\n' >bad.conf
ends 5 'bad.conf:2: unknown key "freshnes_days"' "$muster" config -c bad.conf
grep -q 'hint: did you mean "freshness_days"?' "$dir/stderr" || fail 'no hint'

# Every fault of every part in one call.
mkdir rules sources templates
cat >all.conf <<'CONF'
[rules]
disabled = ADM-* ST-99
[severity]
BT-0l = low
[client "A"]
required = ZZ-*
logo = logo.png
CONF
echo 'not a picture' >logo.png
printf 'rule,client,reason,owner,expires\nBT-01,A,agreed,Jo,soon\n' >w.csv
echo '{"id": "x", "titel": 1}' >sources/x.json
ends 5 '6 faults found' "$muster" check -c all.conf --waivers w.csv \
    --sources sources
for part in 'all.conf:2: there is no rule "ST-99"' \
    'all.conf:4: there is no rule "BT-0l"' 'did you mean "BT-01"?' \
    'all.conf:6: there is no rule "ZZ-*"' \
    'all.conf:7: logo: logo.png is no PNG, JPEG or SVG' \
    'w.csv:2:19: expires: expected a date' 'sources/x.json'; do
    grep -qF "$part" "$dir/stderr" || fail "nothing about: $part"
done
for part in 'FAIL  configuration' 'ok    rules' 'FAIL  accepted risks' \
    'FAIL  mappings' 'ok    templates'; do
    grep -qF "$part" "$dir/stdout" || fail "no line: $part"
done
quietly "$muster" check -c all.conf --waivers w.csv --json
[ "$status" = 5 ] || fail "json: status $status"
jq -e '.ok == false and (.faults | length) == 5 and .faults[0].line == 2 and
    ([.parts[] | select(.ok)] | length) == 3' "$dir/stdout" >"$dir/jq" ||
    fail 'json says something else'
printf -- '-- id: MY-01\nSELECT 1\n' >rules/MY-01.sql
ends 5 'MY-01.sql' "$muster" check --rules rules
ends 5 'no-such-folder' "$muster" check --rules no-such-folder
printf '{{#nothing}}{{/nothing}}' >templates/monthly.html
ends 5 'nothing' "$muster" check --templates templates

# A word that fits no rule would do nothing, and nobody would know: what judges
# refuses it as well, before anything is read.
printf 'serial,filevault\nC02CHECK01,on\n' >m.csv
own='-- id: MY-02\n-- title: Mine\n-- scope: device\n-- severity: low\n
-- facts: filevault\n-- why: So.\n-- fix:\n
SELECT device_id, TRUE AS applies, NOT filevault_on AS fails FROM device_posture\n'
rm rules/MY-01.sql
# shellcheck disable=SC2059 # a text with its own line ends
printf -- "$own" >rules/MY-02.sql
refuses() { # reason, hint, options...
    reason=$1 hint=$2
    shift 2
    ends 5 "muster: $reason" "$muster" run -q -d new.db -o new -F csv \
        --as-of 2026-11-30 "$@" m.csv
    grep -qF "hint: $hint" "$dir/stderr" || fail "no hint: $hint"
    if [ -e new.db ] || [ -e new ]; then fail 'run read before it refused'; fi
    ends 5 "muster: $reason" "$muster" analyze -q -d old.db \
        --as-of 2026-11-30 "$@"
}
check ingest "$muster" ingest -q -d old.db --as-of 2026-11-30 m.csv
printf '[rules]\ndisabled = ADM-* ST-99\n' >slip.conf
refuses 'slip.conf:2: there is no rule "ST-99"' 'did you mean "ST-09"?' -c slip.conf
printf '[rules]\n\nrequired = XYZZY-*\n' >slip.conf
refuses 'slip.conf:3: there is no rule "XYZZY-*"' '"muster rules list"' \
    -c slip.conf
printf '[severity]\nBT-0l = low\n' >slip.conf
refuses 'slip.conf:2: there is no rule "BT-0l"' 'did you mean "BT-01"?' \
    -c slip.conf
printf '[client "A"]\ndisabled = BT-01\nseverity.FV-0l = low\n' >slip.conf
refuses 'slip.conf:3: there is no rule "FV-0l"' 'did you mean "FV-01"?' \
    -c slip.conf
refuses '--set: there is no rule "FV-99"' 'did you mean' --set disabled=FV-99
# Rules of one's own are rules, where they are read.
printf '[rules]\ndisabled = MY-02 bt-01 adm-*\n' >own.conf
refuses 'own.conf:2: there is no rule "MY-02"' '' -c own.conf
check own "$muster" analyze -q -d old.db --as-of 2026-11-30 -c own.conf \
    --rules rules
says 0 sqlite3 old.db "SELECT count(*) FROM rule WHERE id IN ('MY-02', 'BT-01')"
ends 5 'no-such-folder' "$muster" run -q -d new.db -o new --rules no-such-folder \
    m.csv
[ ! -e new.db ] || fail 'run read before it refused'
cd "$root"
finish
