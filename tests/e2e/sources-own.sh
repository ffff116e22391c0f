#!/bin/sh
# Exports of Addigy, Jamf and Kandji together: ids get their names in any order
# of the files, an attribute that says "no" where its script failed is told so
# in the evidence, and check names the one thing that closes the headline.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

cd fixtures/sources || exit 1
as_of=2026-11-24
rows() { # DB SQL
    sqlite3 "$1" "$2" >"$dir/stdout"
}
is() { # WHAT WANT: standard output of the last question
    checks=$((checks + 1))
    [ "$(cat "$dir/stdout")" = "$2" ] ||
        fail "$1: $(cat "$dir/stdout") instead of $2"
}

# ------------------------------------------- what a product could not answer
cat >"$dir/failing.json" <<'E_'
{"items": [
 {"agentid": "f1", "facts": {
  "serial_number": {"value": "C02FAILING01"},
  "filevault_enabled": {"value": true, "error_msg": ""},
  "xprotect_version": {"value": "1", "error_msg": "exit 3"}}},
 {"agentid": "f2", "facts": {
  "serial_number": {"value": "C02FAILING02"},
  "filevault_enabled": {"value": false, "error_msg": "exit 2"}}},
 {"agentid": "f3", "facts": {
  "serial_number": {"value": "C02FAILING03"},
  "filevault_enabled": {"error_msg": "timed out"}}},
 {"agentid": "f4", "facts": {
  "serial_number": {"value": "DMPFAILING04"},
  "device_model_name": {"value": "iPad"},
  "filevault_enabled": {"value": false, "error_msg": "exit 2"}}}]}
E_
ends 0 'warning: "filevault_enabled" has an error in the place of 2 values, first at line 6: unknown there' \
    "$muster" ingest -d "$dir/f.db" --as-of $as_of "$dir/failing.json"
grep -q 'xprotect_version" has' "$dir/stderr" && fail "nobody reads that one"
rows "$dir/f.db" "SELECT group_concat(coalesce(filevault, '?')) FROM device_row"
is "errors are unknown" 'on,?,?'
cat >"$dir/policies.json" <<'E_'
[{"policyId": "p1", "name": "Contoso Clinic", "parent": null},
 {"policyId": "P2", "name": "Front desk", "parent": "P1"},
 {"policyId": "p3", "name": "Orphan", "parent": "p0"},
 {"policyId": "p4", "name": "Below the orphan", "parent": "p3"},
 {"policyId": "p5", "name": "Round", "parent": "p6"},
 {"policyId": "p6", "name": "And round", "parent": "p5"},
 {"policyId": "p7", "name": "Its own parent", "parent": "p7"}]
E_
ends 0 'warning: 2 names are below an id that no file names, first "Orphan" at line 3: what is topmost above them is not known' \
    "$muster" ingest -d "$dir/p.db" --as-of $as_of "$dir/policies.json"
grep -qF 'warning: 3 names are below themselves, in a circle, first "Round" at line 5' \
    "$dir/stderr" || fail "circles are told"
printf '[{"policyId": "p0", "name": "Fabrikam", "parent": null}]' >"$dir/top.json"
check "the missing one" "$muster" ingest -d "$dir/p2.db" --as-of $as_of \
    "$dir/top.json"
check "then those below" "$muster" ingest -d "$dir/p2.db" --as-of $as_of \
    "$dir/policies.json"
grep -q 'no file names' "$dir/stderr" && fail "it was read before"

# ------------------------------------------------------------- in the trash
printf '%s\n' 'SerialNumber;Name;EnrollType;IsTrashed;OsVersion;MemberOf' \
    'C02TRASHED01;In use;dep;false;"macOS 26.1.0";"[All]"' \
    'C02TRASHED02;Sold;dep;true;"macOS 26.1.0";"[All]"' \
    'DMPTRASHED03;Old iPad;dep;true;"iOS 26.1.0";"[All]"' >"$dir/school.csv"
ends 0 'jamf-school: 3 records, 1 accepted, 0 rejected, 1 of other platforms left out, 1 in the trash left out' \
    "$muster" ingest -d "$dir/t.db" --as-of $as_of "$dir/school.csv"
check "judged" "$muster" analyze -d "$dir/t.db" --as-of $as_of
rows "$dir/t.db" "SELECT group_concat(serial) FROM device_fact JOIN device USING
    (device_id)"
is "one Mac is in use" C02TRASHED01

# ------------------------------------------------- files that are no exports
cat >"$dir/classic.xml" <<'E_'
<?xml version="1.0" encoding="UTF-8"?>
<!-- one Mac -->
<computer><general><serial_number>C02CLASSIC01</serial_number></general></computer>
E_
for answer in "ingest -d $dir/i.db" 'sources check' 'sources detect' 'sources scaffold'; do
    # shellcheck disable=SC2086 # a command and its verb
    ends 4 'classic.xml: is an answer of the Jamf Pro Classic API as XML' \
        "$muster" $answer "$dir/classic.xml"
    grep -qF "Accept: application/json" "$dir/stderr" || fail "$answer: no hint"
done
printf '<computers><size>0</size></computers>' >"$dir/list.xml"
ends 4 'Classic API as XML' "$muster" ingest -d "$dir/i.db" "$dir/list.xml"
printf '<!DOCTYPE html>\n<html lang="en"><title>Log in</title>' >"$dir/page"
ends 4 'page: is a web page (HTML), no export' "$muster" ingest -d "$dir/i.db" "$dir/page"
printf '<?xml version="1.0"?>\n<rss version="2.0"></rss>' >"$dir/feed.xml"
ends 4 'feed.xml: is XML of <rss>, and no property list' \
    "$muster" ingest -d "$dir/i.db" "$dir/feed.xml"
printf '[{"serial": "C02SCAFFOLD1"}]' >"$dir/scaffold.json"
ends 4 'is JSON: scaffold makes a mapping from the header of a CSV' \
    "$muster" sources scaffold "$dir/scaffold.json"
ends 4 'is a property list: scaffold makes' \
    "$muster" sources scaffold apple-user-list.plist
ends 2 'standard input is named 2 times: it can be read once' \
    "$muster" ingest -d "$dir/i.db" - - "$dir/scaffold.json"
[ ! -e "$dir/i.db" ] || [ "$(sqlite3 "$dir/i.db" \
    'SELECT count(*) FROM import')" = 0 ] || fail "something was read"

# ------------------------------------------------------- cells of blanks alone
{
    echo 'serial,name,filevault,mdm_enrolled,last_checkin,os_version,user_approved,unknown_filevault_users,chip'
    echo 'C02BLANK0001, ,  , , ,	, , , '
    printf 'C02BLANK0002'
    for _ in 1 2 3 4 5 6 7 8; do printf ',\302\240'; done
    printf '\nC02BLANK0003,Amy\302\240,\302\240on, yes ,2026-11-01 ,15.1\302\240,yes,\302\2400,apple\n'
} >"$dir/blank.csv"
check "blanks" "$muster" ingest -d "$dir/bl.db" --as-of $as_of "$dir/blank.csv"
grep -q 'not understood' "$dir/stderr" && fail "a blank is no value"
rows "$dir/bl.db" "SELECT serial, r.name, filevault, mdm_enrolled,
    date(last_checkin, 'unixepoch'), os_version, user_approved,
    unknown_filevault_users, chip FROM device_row r JOIN device USING (device_id)"
is "blanks are unknown" 'C02BLANK0001||||||||
C02BLANK0002||||||||
C02BLANK0003|Amy|on|1|2026-11-01|15.1|1|0|apple'

# ---------------------------------------------------------- names of ids
cat >"$dir/v2.json" <<'E_'
{"items": [
 {"agentid": "a1", "facts": {
  "serial_number": {"value": "C02NAMED0001", "type": "string"},
  "policy_id": {"value": "00000000-0000-4000-8000-0000000000d2"},
  "os_version": {"value": "15.7.2"},
  "11111111-2222-4333-8444-555555555555": {"value": false, "type": "boolean",
    "error_msg": ""},
  "66666666-7777-4888-8999-000000000000": {"value": ["amy"], "type": "list"}}},
 {"agentid": "a2", "facts": {
  "serial_number": {"value": "C02NAMED0002", "type": "string"},
  "policy_id": {"value": "00000000-0000-4000-8000-0000000000d1"},
  "os_version": {"value": "15.7.2"},
  "11111111-2222-4333-8444-555555555555": {"value": "false",
    "error_msg": "timed out"},
  "66666666-7777-4888-8999-000000000000": {"value": []}}},
 {"agentid": "a3", "facts": {
  "serial_number": {"value": "C02NAMED0003", "type": "string"},
  "policy_id": {"value": "00000000-0000-4000-8000-0000000000d3"},
  "os_version": {"value": "15.7.2"},
  "11111111-2222-4333-8444-555555555555": {"value": true}}}]}
E_
named="SELECT serial || ' ' || coalesce(r.client, '?') || '/' ||
    coalesce(site, '?') || ' ' || coalesce(bootstrap_escrowed_device, '?')
    FROM device_row r JOIN device USING (device_id) JOIN import i
    USING (import_id) WHERE NOT superseded ORDER BY serial"
have='C02NAMED0001 Fabrikam Dental/Reception 0
C02NAMED0002 Fabrikam Dental/? ?
C02NAMED0003 ?/Lost branch 1'
check "names in one command" "$muster" ingest -d "$dir/n.db" --as-of $as_of \
    "$dir/v2.json" addigy-policies.json addigy-custom-facts.json
rows "$dir/n.db" "$named"
is "files in any order" "$have"
check "names first" "$muster" ingest -d "$dir/n2.db" --as-of $as_of \
    addigy-policies.json addigy-custom-facts.json
check "then devices" "$muster" ingest -d "$dir/n2.db" --as-of $as_of \
    "$dir/v2.json"
rows "$dir/n2.db" "$named"
is "names first" "$have"
check "devices first" "$muster" ingest -d "$dir/n3.db" --as-of $as_of \
    "$dir/v2.json"
rows "$dir/n3.db" "$named"
is "ids without names" 'C02NAMED0001 ?/? ?
C02NAMED0002 ?/? ?
C02NAMED0003 ?/? ?'
ends 0 'warning: 1 file was read before these names were known: read it again' \
    "$muster" ingest -d "$dir/n3.db" --as-of $as_of addigy-policies.json
check "names after" "$muster" ingest -d "$dir/n3.db" --as-of $as_of \
    addigy-custom-facts.json
ends 0 'takes the place of 1 earlier' "$muster" ingest -d "$dir/n3.db" \
    --as-of $as_of "$dir/v2.json"
rows "$dir/n3.db" "$named"
is "names after" "$have"
ends 0 'already in period 2026-11, nothing to do' "$muster" ingest \
    -d "$dir/n3.db" --as-of $as_of "$dir/v2.json"
check "names hold in later periods" "$muster" ingest -d "$dir/n3.db" \
    --as-of 2026-12-20 "$dir/v2.json"
rows "$dir/n3.db" "SELECT count(*) FROM device_row JOIN import USING
    (import_id) WHERE period = '2026-12' AND device_row.client =
    'Fabrikam Dental'"
is "later periods" 2
check "an id stays what --map calls it" "$muster" ingest -d "$dir/n4.db" \
    --as-of $as_of --map holders=66666666-7777-4888-8999-000000000000 \
    addigy-custom-facts.json "$dir/v2.json"
grep -q 'there is no column' "$dir/stderr" && fail "--map: not found by its id"
rows "$dir/n4.db" "SELECT names FROM list_row WHERE covers ORDER BY rowid"
is "--map by id" '["amy"]'

# ----------------------------- a yes-or-no attribute of the operator's own
why='the attribute that says so also says no where its script failed'
evidence() { # SERIAL RULE
    csv=$(echo "$dir"/out/*findings.csv)
    python3 -c 'import csv, sys
for r in csv.DictReader(open(sys.argv[1], newline="")):
    if (r["serial"], r["rule"]) == (sys.argv[2], sys.argv[3]):
        print(r["result"] + ": " + r["evidence"])' "$csv" "$1" "$2" \
        >"$dir/stdout"
}
cat >"$dir/console.csv" <<'E_'
Serial Number,Device Name,Has MDM,OS Version,Device Model Name,Bootstrap Token Escrowed,Muster bootstrap,Secure Token Users,Users without Secure Token Users,Number of Secure Token Users
C02UNSUR0001,amy,TRUE,15.7.2,MacBook Pro,FALSE,,amy,"ben, cem",1
C02UNSUR0002,ben,TRUE,15.7.2,MacBook Pro,,NO,ben,,1
C02UNSUR0003,cem,TRUE,15.7.2,MacBook Pro,TRUE,,cem,,1
C02UNSUR0004,dee,TRUE,15.7.2,MacBook Pro,Not Escrowed,,dee,,1
E_
rm -rf "$dir/out"
check "run" "$muster" run -q -d "$dir/c.db" --as-of $as_of -F csv \
    -o "$dir/out" "$dir/console.csv"
evidence C02UNSUR0001 BT-01
is "evidence of BT-01" "fail: the Mac says that none is stored; $why"
evidence C02UNSUR0001 ST-06
is "evidence of ST-06" "fail: only amy holds a token; do not reset this\
 password; no bootstrap token is said to be stored, but $why"
evidence C02UNSUR0002 BT-01
is "a collector says UNKNOWN" "fail: the Mac says that none is stored"
evidence C02UNSUR0003 BT-01
is "true is escrowed" ""
evidence C02UNSUR0004 BT-01
is "a word that no failure prints" "fail: the Mac says that none is stored"
tells "\"unsure\": \"$why\"" "$muster" explain --json -d "$dir/c.db" C02UNSUR0001
rows "$dir/c.db" "SELECT group_concat(account) FROM (SELECT account FROM
    account_row ORDER BY account)"
is "columns of the others" amy,ben,cem,dee

# ------------------- answers of several commands that a script put on one line
printf '%s %s | %s\tMDM enrollment: Yes (User Approved)\n' \
    'FileVault is On. profiles: Bootstrap Token supported on server: YES' \
    'profiles: Bootstrap Token escrowed to server: NO' \
    'Enrolled via DEP: Yes' >"$dir/C02SQUASH001.txt"
check "one line" "$muster" ingest -q -d "$dir/l.db" --as-of $as_of \
    "$dir/C02SQUASH001.txt"
rows "$dir/l.db" "SELECT filevault, bootstrap_supported,
    bootstrap_escrowed_device, enrollment_type, user_approved FROM device_row"
is "all on one line" 'on|1|0|ade|1'

# the admin group beside an account of which only the full name is known
printf '%s\n' '$ dscl . -read /Groups/admin GroupMembership' \
    'GroupMembership: root itadmin' \
    '2026-11-02 10:10:38.619 sysadminctl[1053:11513] Secure token is ENABLED for user IT Admin' \
    >"$dir/C02FULLNAME1.txt"
check "a full name beside the group" "$muster" ingest -q -d "$dir/fn.db" \
    --as-of "$as_of" "$dir/C02FULLNAME1.txt"
rows "$dir/fn.db" "SELECT account, full_name, ifnull(admin, '?'), secure_token
    FROM account_row"
is "a full name is in no group" "|IT Admin|?|1"

# ... of which a mapping says that false is unknown
cat >"$dir/own.json" <<'E_'
{"id": "own", "format": "csv", "detect": {"all": ["Serial Number"]},
 "columns": [{"column": "Serial Number", "fact": "serial"},
  {"column": "OS Version", "fact": "os_version"},
  {"column": "Bootstrap Token Escrowed", "fact": "bootstrap_escrowed_device",
   "unknown": ["false", "no"]}]}
E_
check "false is unknown" "$muster" ingest -q -d "$dir/o.db" --as-of $as_of \
    --source "$dir/own.json" "$dir/console.csv"
rows "$dir/o.db" "SELECT group_concat(coalesce(bootstrap_escrowed_device, '?'))
    FROM device_row"
is "false is unknown" '?,?,1,?'
sed 's/"unknown": \["false", "no"\]/"unsure": "it lies"/' "$dir/own.json" \
    >"$dir/own2.json"
check "a reason of one's own" "$muster" run -q -d "$dir/o2.db" --as-of $as_of \
    -F csv -o "$dir/out2" --source "$dir/own2.json" "$dir/console.csv"
rows "$dir/o2.db" "SELECT group_concat(coalesce(bootstrap_unsure, '-'))
    FROM (SELECT * FROM device_derived ORDER BY device_id)"
is "a reason of one's own" 'it lies,-,-,-'

# ... of a file that names its Macs by the UUID alone
cat >"$dir/own3.json" <<'E_'
{"id": "own", "format": "csv", "detect": {"all": ["UUID", "Escrowed"]},
 "columns": [{"column": "UUID", "fact": "uuid"},
  {"column": "Escrowed", "fact": "bootstrap_escrowed_device",
   "unsure": "it lies"}]}
E_
printf 'UUID,Escrowed\n%s01,no\n%s02,yes\n' \
    8A4B1C52-7A0E-4C0E-9A44-0D2C7B1F00 8A4B1C52-7A0E-4C0E-9A44-0D2C7B1F00 \
    >"$dir/escrow.csv"
printf 'serial,uuid\nC02JOINED01,%s01\nC02JOINED02,%s02\n' \
    8a4b1c52-7a0e-4c0e-9a44-0d2c7b1f00 8a4b1c52-7a0e-4c0e-9a44-0d2c7b1f00 \
    >"$dir/serials.csv"
check "a file without serials" "$muster" ingest -q -d "$dir/o3.db" \
    --as-of $as_of --source "$dir/own3.json" "$dir/escrow.csv"
check "their serials" "$muster" run -q -d "$dir/o3.db" --as-of $as_of -F csv \
    -o "$dir/out3" "$dir/serials.csv"
rows "$dir/o3.db" "SELECT group_concat(coalesce(bootstrap_unsure, '-'))
    FROM (SELECT * FROM device_derived ORDER BY device_id)"
is "unsure, and joined by the UUID" 'it lies,-'
tells "\"unsure\": \"it lies\"" "$muster" explain --json -d "$dir/o3.db" \
    C02JOINED01

# --------------------------------------- what closes the headline, by name
closes() { # TEXT FILE...
    text=$1
    shift
    check "check $1" "$muster" sources check --as-of $as_of "$@"
    tr -s ' \n' ' ' <"$dir/stdout" | grep -qF -- "$text" ||
        fail "$*: does not say: $text"
}
closes 'To decide it for all, add: one custom fact named "Muster all"' \
    addigy-policies.json addigy-v2.json
closes 'To decide it for all, add: one custom fact named "Muster all"' \
    addigy-console.csv
closes 'add: one extension attribute named "Muster tokens"' jamf-inventory.json
prism='C02PRISM0001,Mac,Mac,Staff'
cat >"$dir/users.csv" <<E_
serial_number,device__name,device__family,blueprint_name,username,uid,type,secure_token
$prism,amy,501,Admin,true
E_
cat >"$dir/startup.csv" <<E_
serial_number,device__name,device__family,blueprint_name,bootstrap_token_escrowed
$prism,false
E_
closes 'decided for 1 of 1 Mac.' "$dir/users.csv" "$dir/startup.csv"
closes 'add: the Prism category Local Users' "$dir/startup.csv"
closes 'add: the Prism category Startup Settings' "$dir/users.csv"
closes 'add: run on every Mac: muster collector --for plain --fact all' \
    jamf-school.csv
finish
