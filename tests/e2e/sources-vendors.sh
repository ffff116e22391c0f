#!/bin/sh
# Exports of Kandji, SimpleMDM, Mosyle, Intune, Workspace ONE, JumpCloud and
# Hexnode: every fixture gives the facts of tests/golden/sources, and nothing
# else; answers that hold secrets alone are refused; what is said to close the
# headline verdict does.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

rows=$PWD/tests/support/store_rows.py
golden=$PWD/tests/golden/sources
products="hexnode intune jumpcloud kandji mosyle simplemdm workspace-one"
cd fixtures/sources || exit 1

# 1. fixtures
facts() { # FILE: ingest alone, and add its rows
    rm -f "$dir/f.db"
    quietly "$muster" ingest -q -d "$dir/f.db" --as-of 2026-11-24 "$1"
    [ "$status" = 0 ] || fail "$1: status $status"
    python3 "$rows" "$dir/f.db" "$1" >>"$dir/got"
}
for g in "$golden"/*.tsv; do
    id=$(basename "$g" .tsv)
    grep -v '^#' "$g" | sort >"$dir/want"
    : >"$dir/got"
    cut -f 1 "$dir/want" | sort -u >"$dir/files"
    while IFS= read -r f; do
        facts "$f"
    done <"$dir/files"
    sort -o "$dir/got" "$dir/got"
    diff "$dir/want" "$dir/got" >"$dir/stdout" || fail "$id: other facts"
    grep -q "	import	$id	" "$dir/got" || fail "$id: read by another mapping"
done
# shellcheck disable=SC2086
for f in $(find $products -type f | sort); do
    n=$(grep -l "^$f	import" "$golden"/*.tsv | wc -l)
    [ "$n" = 1 ] || fail "$f: expected in $n files of $golden"
done

# 2. nothing of a secret in a store or a message
for f in simplemdm/devices.json mosyle/business.json intune/graph.json \
    workspace-one/custom-attributes.json; do
    rm -f "$dir/s.db"
    quietly "$muster" ingest -v -d "$dir/s.db" --as-of 2026-11-24 "$f"
    "$muster" sources check "$f" >"$dir/check" 2>&1 || fail "$f: check"
    if grep -aE 'FAKE[0-9-]|Fake[A-Z]' "$dir/s.db" "$dir/stdout" \
        "$dir/stderr" "$dir/check"; then
        fail "$f: a secret was kept"
    fi
done

# a secret column of any name, in a mapping of one's own
cat >"$dir/own.json" <<E_
{"id": "own", "format": "csv", "detect": {"all": ["Serial", "Sealed"]},
 "columns": [{"column": "Serial", "fact": "serial"},
  {"column": "Sealed", "fact": "recovery_key_escrowed", "secret": true}]}
E_
printf 'Serial,Sealed\nC02SEALED001,FakeMaterial9\n' >"$dir/own.csv"
check "a mapping with a secret column" "$muster" ingest -v -d "$dir/o.db" \
    --as-of 2026-11-24 --source "$dir/own.json" "$dir/own.csv"
[ "$(sqlite3 "$dir/o.db" 'SELECT recovery_key_escrowed FROM device_row')" = 1 ] ||
    fail "a secret is not known to be there"
if grep -aq FakeMaterial "$dir/o.db" "$dir/stdout" "$dir/stderr"; then
    fail "a secret was kept as evidence"
fi

# 3. answers that are secrets and nothing else, people, errors, empty answers
refused() { # NAME JSON
    printf '%s\n' "$2" >"$dir/$1.json"
    rm -f "$dir/r.db"
    ends 4 "is no export that we know" \
        "$muster" ingest -d "$dir/r.db" --as-of 2026-11-24 "$dir/$1.json"
    if grep -aqE 'FAKE|Fake|192746' "$dir/stderr" "$dir/stdout" \
        "$dir/r.db" 2>/dev/null; then
        fail "$1: says a secret"
    fi
}
refused names-with-a-uuid '[{"uuid": "00000000-0000-4000-8000-0000000001F5",
    "name": "Engineering"}]'
refused osquery-routes '[{"destination": "::1", "gateway": "::1", "type":
    "local"}]'
# Known, but of which Mac?
printf '[{"uid": "501", "gid": "80"}]' >"$dir/osquery-user-groups.json"
ends 4 "the file's name must hold its serial number" "$muster" ingest \
    -d "$dir/r.db" --as-of 2026-11-24 "$dir/osquery-user-groups.json"
refused kandji-filevaultkey '{"key": "FAKE-CDK6-P6NH-FAB3-LTUH-2MYP"}'
refused kandji-recoverypassword \
    '{"recovery_password": "FAKE1-BBBBB-CCCC-1111-2222-3333"}'
refused kandji-unlockpin '{"pin": "192746"}'
refused kandji-bypasscode '{"device_based_albc":
    "FAKE1-04XTY-YDMG-JNTE-EMZ3-FTJ5", "user_based_albc": ""}'
# shellcheck disable=SC2016
refused intune-filevaultkey '{"@odata.context":
    "https://graph.example.com/beta/$metadata#Edm.String",
    "value": "FAKE-CDK6-P6NH-FAB3-LTUH-2MYP"}'
refused jumpcloud-fdekey '{"key": "FAKE-CDK6-P6NH-FAB3-LTUH-2MYP"}'
refused workspace-one-key '{"recovery_key": "FAKE-CDK6-P6NH-FAB3-LTUH-2MYP"}'
refused kandji-export-job '{"id": "1", "status": "success",
    "signed_url": "https://example.com/x.csv?sig=FakeSignature"}'
refused mosyle-none '{"status": "OK", "response": [{"devices_notfound": [],
    "status": "DEVICES_NOTFOUND", "info": "No devices found"}]}'
refused mosyle-users '{"status": "OK", "response": {"users": [{"id": "1",
    "name": "Amy Example", "email": "amy@example.com", "type": "STUDENT"}]}}'
refused kandji-users '{"next": null, "previous": null, "results": [{"id": "1",
    "name": "Amy Example", "email": "amy@example.com", "active": true}]}'

# 4. pages: one alone does not list all accounts, all in one file do
page() { # CURSOR ACCOUNT TOKEN
    printf '{"cursor":%s,"data":[{"serial_number":"C02PAGED0001",
      "device__name":"x","device__family":"Mac","blueprint_name":"b",
      "username":"%s","uid":501,"type":"Admin","secure_token":%s}],
      "limit":1,"offset":0,"total":2}\n' "$1" "$2" "$3"
}
page '"more"' amy true >"$dir/page1.json"
page null ben false >"$dir/page2.json"
cat "$dir/page1.json" "$dir/page2.json" >"$dir/pages.json"
lists() { # FILE
    rm -f "$dir/p.db"
    quietly "$muster" ingest -d "$dir/p.db" --as-of 2026-11-24 "$1"
    [ "$status" = 0 ] || fail "$1: status $status"
    sqlite3 "$dir/p.db" 'SELECT complete FROM import'
}
[ "$(lists "$dir/page1.json")" = none ] || fail "a page counts as complete"
grep -qF "read the others too" "$dir/stderr" ||
    fail "a page: not told what to do"
[ "$(lists "$dir/pages.json")" = accounts ] || fail "pages: incomplete"

# 5. what closes the headline: sole holder and escrow are decided
headline() { # WANT FILES...: serial, sole holder, state of the escrow
    want=$1
    shift
    rm -f "$dir/h.db"
    quietly "$muster" run -q -d "$dir/h.db" --as-of 2026-11-24 -F csv \
        -o "$dir/out" "$@"
    [ "$status" -le 1 ] || fail "$*: status $status"
    sqlite3 "$dir/h.db" "SELECT serial, coalesce(sole_holder, '?'),
        bootstrap_state FROM device_derived JOIN device USING (device_id)
        ORDER BY serial" >"$dir/stdout"
    grep -qxF "$want" "$dir/stdout" || fail "$*: not $want"
}
prism='C02PRISM0001,Mac,Mac,Staff'
cat >"$dir/users.csv" <<E_
serial_number,device__name,device__family,blueprint_name,username,uid,type,secure_token
$prism,amy,501,Standard,true
$prism,itadmin,502,Admin,false
$prism,_lp,26,Standard,
E_
cat >"$dir/startup.csv" <<E_
serial_number,device__name,device__family,blueprint_name,bootstrap_token_escrowed
$prism,false
E_
headline 'C02PRISM0001|1|absent' "$dir/users.csv" "$dir/startup.csv" \
    kandji/devices.json
headline 'C02WSONE0001|1|claimed' workspace-one/v1-search.json \
    workspace-one/custom-attributes.json
headline 'C02SIMPLE001|0|absent' simplemdm/devices.json
cat >"$dir/attribute.json" <<E_
{"data":[{"type":"device","id":1,"attributes":{"serial_number":"C02SIMPLE009",
 "model":"Mac14,2","os_version":"15.7.2","status":"enrolled",
 "last_seen_at":"2026-11-23T09:00:00Z"},"relationships":
 {"custom_attribute_values":{"data":[{"id":"muster-all","attributes":
 {"secret":false,"value":"{\\"serial\\":\\"C02SIMPLE009\\",\\"bootstrap_escrowed_device\\":false,\\"accounts\\":[{\\"account\\":\\"amy\\",\\"uid\\":501,\\"secure_token\\":true},{\\"account\\":\\"itadmin\\",\\"uid\\":502,\\"secure_token\\":false}]}"}}]}}}],
 "has_more":false}
E_
headline 'C02SIMPLE009|1|absent' "$dir/attribute.json"
cat >"$dir/collected.jsonl" <<E_
{"serial":"C02MOSYLE001","bootstrap_supported":true,"bootstrap_escrowed_device":false,"accounts":[{"account":"amy","uid":501,"secure_token":true}]}
{"serial":"C02HEXNOD001","bootstrap_supported":true,"bootstrap_escrowed_device":false,"accounts":[{"account":"amy","uid":501,"secure_token":true}]}
E_
headline 'C02INTUNE002|1|absent' intune/graph.json intune/attribute.json
headline 'C02JUMPCL001|1|absent' jumpcloud/systems.json \
    jumpcloud/command-results.json
headline 'C02MOSYLE001|1|absent' mosyle/business.json "$dir/collected.jsonl"
headline 'C02HEXNOD001|1|absent' hexnode/devices.json "$dir/collected.jsonl"

# ... and "sources check" says so: how many, and what would
closes() { # FILE DECIDED WORDS
    quietly "$muster" sources check --as-of 2026-11-24 "$1"
    [ "$status" = 0 ] || fail "$1: check: status $status"
    grep -qF "Sole token holder and no escrow: decided for $2." "$dir/stdout" ||
        fail "$1: not decided for $2"
    grep -qF "To decide it for all, add: $3" "$dir/stdout" ||
        fail "$1: check does not say: $3"
}
closes simplemdm/devices.json '1 of 4 Macs' 'one custom attribute named muster-all'
closes mosyle/business.json '0 of 3 Macs' "the script of 'muster collector"
closes intune/graph.json '0 of 7 Macs' 'one macOS custom attribute of type text'
closes intune/devices.csv '0 of 4 Macs' 'one macOS custom attribute of type text'
closes workspace-one/v1-search.json '0 of 4 Macs' 'one custom attribute named'
closes jumpcloud/systems.json '0 of 4 Macs' 'one command with the script of'
closes hexnode/devices.json '0 of 4 Macs' "the script of 'muster collector"
closes fleet-hosts.json '0 of 2 Macs' 'one script on every host'
closes osquery-results.jsonl '0 of 1 Mac' "the lines of 'muster collector"
closes munkireport.csv '1 of 2 Macs' 'the table users'
closes apple-user-list.plist '0 of 0 Macs' "the server's events (mdm-events)"
quietly "$muster" sources check --as-of 2026-11-24 "$dir/attribute.json"
grep -qF 'decided for 1 of 1 Mac.' "$dir/stdout" ||
    fail "an attribute of one's own: not decided"
if grep -qF 'To decide it for all' "$dir/stdout"; then
    fail "all is decided, and more is asked for"
fi

# iPhones and iPads answer the same commands: they are no Macs
cat >"$dir/phone.plist" <<E_
<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict><key>CommandUUID</key><string>1</string>
<key>SecurityInfo</key><dict><key>PasscodeCompliant</key><true/>
<key>PasscodePresent</key><false/></dict><key>Status</key>
<string>Acknowledged</string><key>UDID</key>
<string>00008027-000000000000002E</string></dict></plist>
E_
ends 4 "1 read, 0 rejected, 1 of other platforms" "$muster" ingest \
    -d "$dir/ph.db" --as-of 2026-11-24 "$dir/phone.plist"

# ... the console's own CSV, known by the names of its columns alone: its user
# is no account, its "Encrypted" no FileVault; what scaffold prints reads that
cat >"$dir/console.csv" <<'E_'
Last Seen,Friendly Name,Serial Number,Platform,OS,Enrollment Status,Username,Encryption,Recovery Key
2026-11-20 10:14,amy-mac,C02CONSO0001,Apple macOS,14.5.0,Enrolled,amy,Encrypted,9A2U-CDK6-P6NH-FAB3-LTUH-2MYP
2026-11-20 10:15,ben-phone,F17CONSO0002,Apple iOS,17.1,Enrolled,ben,Encrypted,
2026-11-21 10:15,cem-mac,C02CONSO0003,Apple macOS,15.1,Unenrolled,cem,Not encrypted,
E_
check "any product" "$muster" ingest -d "$dir/any.db" --as-of 2026-11-24 \
    "$dir/console.csv"
got=$(sqlite3 "$dir/any.db" "SELECT serial, name, os_version, assigned_user,
    mdm_enrolled, ifnull(filevault, '?'), (SELECT count(*) FROM account_row)
    FROM device_row JOIN device USING (device_id) ORDER BY serial")
[ "$got" = "C02CONSO0001|amy-mac|14.5.0|amy|1|?|0
C02CONSO0003|cem-mac|15.1|cem|0|?|0" ] || fail "any product: $got"
"$muster" sources scaffold "$dir/console.csv" >"$dir/console.json" ||
    fail "scaffold"
check "what scaffold printed" "$muster" ingest -d "$dir/c.db" \
    --as-of 2026-11-24 --source "$dir/console.json" "$dir/console.csv"
got=$(sqlite3 "$dir/c.db" "SELECT serial, name, os_version, filevault,
    mdm_enrolled, datetime(last_checkin, 'unixepoch') FROM device_row JOIN
    device USING (device_id); SELECT count(*) FROM account_row;
    SELECT left_out FROM import" | tr '\n' ' ')
want='C02CONSO0001|amy-mac|14.5.0|on|1|2026-11-20 10:14:00 '
want="${want}C02CONSO0003|cem-mac|15.1|off|0|2026-11-21 10:15:00 0 1 "
[ "$got" = "$want" ] || fail "what scaffold printed gives $got"

# ... and one of columns whose words scaffold has to know: that a token may be
# used is no escrow
cat >"$dir/plain.csv" <<'E_'
Serial Number,Status,Bootstrap Token,Bootstrap Token Allowed,Enrolled via ADE,FileVault Key Escrowed,OS Name
C02PLAIN0001,Enrolled,Escrowed,Not allowed,Yes,Yes,macOS
C02PLAIN0002,Unenrolled,Not escrowed,Allowed,No,No,macOS
F17PLAIN0003,Enrolled,,,Yes,,iPadOS
E_
"$muster" sources scaffold "$dir/plain.csv" >"$dir/plain.json" ||
    fail "scaffold of plain words"
check "what scaffold printed of plain words" "$muster" ingest -d "$dir/words.db" \
    --as-of 2026-11-24 --source "$dir/plain.json" "$dir/plain.csv"
got=$(sqlite3 "$dir/words.db" "SELECT serial, mdm_enrolled,
    bootstrap_escrowed_device, enrollment_type, recovery_key_escrowed
    FROM device_row JOIN device USING (device_id)" | tr '\n' ' ')
[ "$got" = "C02PLAIN0001|1|1|ade|1 C02PLAIN0002|0|0|manual|0 " ] ||
    fail "scaffold of plain words gives $got"

# ... files that hold nothing say so
says() { # WHAT JSON
    printf '%s\n' "$2" >"$dir/nothing.json"
    ends 4 "$1" "$muster" ingest -d "$dir/no.db" --as-of 2026-11-24 \
        "$dir/nothing.json"
}
says 'by its keys: "data" holds no records' \
    '{"data": [], "has_more": false}'
says 'by its keys: "results" holds no records' \
    '{"count": 0, "next": null, "results": []}'
says 'nothing.json: holds no records' '[]'
says 'is the message of a server, not an export' \
    '{"error": {"code": "InvalidAuthenticationToken", "message": "expired"}}'
says 'is no export that we know by its keys' '{"data": [{"name": "x"}]}'
printf 'Device name,OS,Last check-in\nAMY,macOS,2026-11-20\n' >"$dir/bare.csv"
ends 4 "no column is called a serial number" "$muster" ingest \
    -d "$dir/no.db" --as-of 2026-11-24 "$dir/bare.csv"
printf 'Serial Number,Room\nC02ROOMS0001,7\n' >"$dir/rooms.csv"
ends 4 "muster sources scaffold FILE" "$muster" ingest -d "$dir/no.db" \
    --as-of 2026-11-24 "$dir/rooms.csv"

# ... a file whose name does not say which Mac it is about is told so
cp simplemdm/device-872301-users.json "$dir/users.json"
ends 4 "must hold its id in the product" "$muster" ingest -d "$dir/n.db" \
    --as-of 2026-11-24 "$dir/users.json"
cp osquery-mdm-C02EXAMPLEF3.json "$dir/mdm.json"
ends 4 "must hold its serial number" "$muster" ingest -d "$dir/n.db" \
    --as-of 2026-11-24 "$dir/mdm.json"

# 6. a Mac known by the server's id alone: the devices answer has its serial
quietly "$muster" run -q -d "$dir/j.db" --as-of 2026-11-24 -F csv \
    -o "$dir/out" simplemdm/devices.json simplemdm/device-872301-users.json
[ "$(sqlite3 "$dir/j.db" "SELECT group_concat(account) FROM (SELECT account
    FROM account_fact JOIN device USING (device_id)
    WHERE serial = 'C02SIMPLE001' ORDER BY account)")" = amy,itadmin,old ] ||
    fail "the users of a Mac did not find it"
finish
