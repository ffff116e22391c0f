#!/bin/sh
# Rules of one's own: every kind of mistake has its place and its reason; the
# skeleton is sound; the list says where a rule is from.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

mkdir "$dir/own"
rule=$dir/own/LAB-01-x.sql
good() { # a rule without a fault, and its cases
    cat >"$rule" <<'SQL'
-- id: LAB-01
-- title: The system is too old
-- scope: device
-- severity: medium
-- uses: monthly
-- loses:
-- facts: os_version
-- why: It can happen.
-- fix: R1
-- A fact that no source gave is NULL.
SELECT device_id,
       TRUE AS applies,
       os < 140000 AS fails
  FROM device_posture
SQL
    cat >"$dir/own/LAB-01-x.cases.jsonl" <<'CASES'
{"case": "old", "device": {"os_version": "13.6.9"}, "expect": "fail"}
{"case": "new", "device": {"os_version": "14.0"}, "expect": "pass"}
{"case": "asked for", "device": {"os_version": null}, "expect": "unknown"}
{"case": "not asked for", "device": {}, "expect": "notchecked"}
CASES
}
# wrong SCRIPT PLACE TEXT [HINT]: the good rule, edited by sed, has one fault.
wrong() {
    good
    sed -i "$1" "$rule"
    told "$2" "$3" "${4:-}"
}
told() {
    ends 5 "own/LAB-01-x.$1: $2" "$muster" rules check "$dir/own"
    grep -qF -- '1 fault in 1 rule' "$dir/stderr" || fail "$1: told twice"
    [ -z "$3" ] || grep -qF -- "hint: $3" "$dir/stderr" || fail "$1: no \"$3\""
}

good
says '1 rule: nothing wrong' "$muster" rules check "$dir/own"

# The header: each key is wanted, none is misspelt.
for key in id title scope severity uses loses facts why fix; do
    wrong "/^-- $key:/d" sql:1:1 "the header has no \"$key\""
done
for key in title scope severity why; do
    n=$(grep -n "^-- $key:" "$rule" | cut -d: -f1)
    wrong "s/^-- $key:.*/-- $key:/" "sql:$n:$((${#key} + 5))" "\"$key\" is empty"
done
wrong '$!s/^-- title:/-- Title:/' sql:2:1 'the header has no "title"' \
    'it ends before line 2; a line of it is "-- title: ..."'
wrong 's/^-- why:/# why:/' sql:8:1 'the header has no "why"'
wrong 's/^-- why:/-- wyh:/' sql:8:4 'unknown key "wyh"' 'did you mean "why"?'
wrong '4p' sql:5:4 '"severity" is given twice'
wrong 's/LAB-01/lab 01/' sql:1:8 'id: expected capitals'
wrong 's/medium/hihg/' sql:4:14 'severity: expected critical'
wrong 's/scope: device/scope: devcie/' sql:3:11 'scope: expected device or'
wrong 's/monthly/monthly montly/' sql:5:18 'uses: unknown "montly"' \
    'did you mean "monthly"?'
wrong 's/loses:/loses: unlok/' sql:6:11 'loses: unknown "unlok"'
wrong 's/: os_version/: filevault|os_verson/' sql:7:21 \
    'facts: there is no fact "os_verson"' 'did you mean "os_version"?'
wrong 's/fix: R1/fix: R1\n--      R99/' sql:10:9 'fix: unknown "R99"'
wrong 's/fix: R1/fix: R1\n-- kind: cuase/' sql:10:10 'kind: expected'
wrong 's/fix: R1/fix: R1\n-- kind: engine/' sql:10:10 'kind: engine is for DATA-01'
wrong 's/too old/zu \xe4lt/' sql:2:28 'is no UTF-8 text'

# The query: it reads the posture, and has neither clock nor chance.
wrong 's/< 140000/< unixepoch()/' sql:13:13 \
    'a rule may not use the function unixepoch' 'a rule has no clock'
wrong 's/os < 140000/as_of < current_timestamp/' sql:13:16 \
    'a rule may not use the function current_timestamp' 'a rule has no clock'
wrong 's/os < 140000/random() > 0/' sql:13:8 \
    'a rule may not use the function random' 'the same facts'
wrong "s/os < 140000/load_extension('x')/" sql:13:8 \
    'a rule may not use the function load_extension'
wrong '11s/.*/DELETE FROM device_fact/;12,$d' sql:11:1 'not authorized'
wrong "11s/.*/ATTACH 'x.db' AS x/;12,\$d" sql:11:1 'not authorized'
wrong 's/device_posture/device_row/' sql:11:1 'access to device_row'
wrong 's/os < 140000/filevualt IS NULL/' sql:13:8 'no such column: filevualt' \
    'did you mean "filevault"?'
wrong 's/FROM/FORM/' sql:14:3 'near "FORM": syntax error'
wrong '$a ; SELECT 1' sql:15:3 'is more than one statement'
wrong "s/AS fails/AS fails, 'x AS evidence/" sql:13:30 'a quote is opened here'
wrong 's,AS fails,AS fails /* x,' sql:13:29 'a comment is opened here'
wrong 's/140000/:limit/' sql:13:13 'has parameters'
wrong 's/AS fails/AS fials/' sql:13:23 'yields a column "fials"' \
    'did you mean "fails"?'
wrong '12d' sql:11:1 'yields no column "applies"'
wrong '11,$d' sql:11:1 'has no SELECT'
wrong "s/AS fails/AS fails, 'grave' AS severity/" sql:13:30 \
    'LAB-01: yields the severity "grave"'
wrong "s/AS fails/AS fails, 'R2' AS remedy/" sql:13:30 \
    'LAB-01: chooses the remedy "R2"'
wrong "s/os < 140000/NOT chip/" sql:13:12 'chip is a text'
wrong '11s/.*/WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)\
SELECT device_id,/;12s/TRUE/(SELECT max(i) FROM n) > 1/' sql:11:1 \
    'LAB-01: takes more steps than a rule may'

# The cases: what they say of the rule, and what they say wrongly.
wrong 's/140000/140001/' cases.jsonl:2:51 'LAB-01: case "new": expected pass, found fail'

# A fact that it judges by and does not list: its Mac would be "unknown" where
# it was never measured. Values that are derived know what they are made of.
unlisted() { # SCRIPT FAULTS PLACE TEXT
    good
    sed -i "$1" "$rule"
    ends 5 "LAB-01-x.sql:$3: $4" "$muster" rules check "$dir/own"
    grep -qF "$2 in 1 rule" "$dir/stderr" || fail "$3: another count"
}
unlisted 's/: os_version/:/' '2 faults' 13:8 \
    'judges by os, and "facts" does not list os_version'
grep -qF 'cases.jsonl:4:41: LAB-01: case "not asked for": expected notchecked, found unknown' \
    "$dir/stderr" || fail 'the case is not told'
unlisted 's/TRUE AS/filevault_on AS/' '2 faults' 12:8 \
    'judges by filevault_on, and "facts" does not list filevault'
unlisted 's/os </auto_login AND os </' '2 faults' 13:8 \
    'judges by auto_login, and "facts" does not list auto_login'
unlisted 's/os </x_lab = 1 AND os </' '2 faults' 13:8 'judges by x_lab, and "facts" does'
unlisted 's/TRUE AS/sole_holder OR TRUE AS/' '1 fault' 12:8 \
    'judges by sole_holder, and "facts" lists nothing that it is made of (secure_token'
# Not where unknown has a meaning by the rule's own words.
listed() {
    good
    sed -i "$1" "$rule"
    says '1 rule: nothing wrong' "$muster" rules check "$dir/own"
}
listed 's/TRUE AS/(chip = '"'intel'"' AND in_abm) IS NOT TRUE AS/'
listed 's/os </CASE WHEN auto_login THEN TRUE ELSE FALSE END OR os </'
listed 's/os </(remote_login IS TRUE OR needs_kext IS TRUE) OR os </'
listed "s/AS fails/AS fails, chip || site AS evidence/"
listed 's/os </(os > 0 OR sole_holder) AND os </'
case_line() { # CASE PLACE TEXT: one more case, which is at fault
    good
    printf '%s\n' "$1" >>"$dir/own/LAB-01-x.cases.jsonl"
    told "cases.jsonl:5:$2" "$3" ''
}
case_line '{"case": "x", ' 14 'LAB-01: is no JSON object'
case_line '{"case": "x", "device": {"os_verson": "1"}, "expect": "pass"}' 26 \
    'LAB-01: case "x": there is no fact "os_verson"; did you mean "os_version"?'
case_line '{"case": "x", "device": {"chip": "m9"}, "expect": "pass"}' 26 \
    'LAB-01: case "x": chip: "m9" is no value of this fact'
case_line '{"case": "x", "devcie": {}, "expect": "pass"}' 15 \
    'LAB-01: case "x": unknown key "devcie"'
case_line '{"case": "x", "device": {}, "expect": "fine"}' 29 \
    'LAB-01: case "x": expect: a result is wanted, found "fine"'
good
rm "$dir/own/LAB-01-x.cases.jsonl"
told sql:1:1 'has no cases' "put some into $dir/own/LAB-01-x.cases.jsonl"
good
cp "$rule" "$dir/own/LAB-01-y.sql"
ends 5 'LAB-01-y.sql:1:8: has the id LAB-01, as has' \
    "$muster" rules check "$dir/own"
rm "$dir/own/LAB-01-y.sql"

# A file with a mark of its encoding, or with the line ends of Windows, is fine.
good
sed -i '1s/^/\xef\xbb\xbf/;s/$/\r/' "$rule"
says '1 rule: nothing wrong' "$muster" rules check "$dir/own"

# The built-in rules as a folder: those that the program makes have no SELECT.
says '76 rules: nothing wrong' "$muster" rules check analyze/rules
mkdir "$dir/made"
sed 's/^-- title: .*/-- title: Gaps/;$a SELECT 1' \
    analyze/rules/data/DATA-01-facts-missing.sql >"$dir/made/DATA-01-gaps.sql"
ends 5 'DATA-01-gaps.sql:14:1: has a SELECT, which a rule of kind engine' \
    "$muster" rules check "$dir/made"

# The skeleton is sound, and is not written over.
says "$dir/new/LAB-02-new.sql
next: muster rules check $dir/new" "$muster" rules new LAB-02 --rules "$dir/new"
says '1 rule: nothing wrong' "$muster" rules check "$dir/new"
tells '1 rule, 4 cases: 4 passed, 0 failed' \
    "$muster" rules test LAB-02 --rules "$dir/new"
ends 6 'cannot create' "$muster" rules new LAB-02 --rules "$dir/new"
ends 2 'is no id of a rule' "$muster" rules new 'lab 2' --rules "$dir/new"

# Where a rule is from, and whether it is in force.
good
sed 's/^-- id: .*/-- id: FV-12/;s/^-- title: .*/-- title: Mine/' "$rule" \
    >"$dir/own/FV-12-mine.sql"
printf '[rules]\ndisabled = BT-05\n' >"$dir/m.conf"
quietly "$muster" rules list --rules "$dir/own" -c "$dir/m.conf"
for line in '^FV-12 .*; yours, in place of the built-in one$' \
    '^LAB-01 .*; yours$' ' help; disabled$' \
    '^77 rules: 75 built in, 1 overridden, 1 of your own, 1 disabled$'; do
    grep -q "$line" "$dir/stdout" || fail "rules list: no \"$line\""
done
quietly "$muster" rules list --rules "$dir/own" -c "$dir/m.conf" --json
jq -e '[.[] | select(.id == "FV-12" or .id == "LAB-01" or .id == "BT-05" or
    .id == "BT-01") | .origin] == ["built-in", "disabled", "overridden", "own"]' \
    "$dir/stdout" >/dev/null || fail 'rules list --json: origins'
finish
