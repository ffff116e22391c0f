#!/bin/sh
# What a Mac's own commands printed is read in columns and attributes that no
# mapping knows, where every line is one of a command's own; what was decided
# is said, and anything less is left alone.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

cd "$dir"
as_of=2026-11-24
facts="SELECT serial, bootstrap_supported, bootstrap_escrowed_device, filevault,
    mdm_enrolled, enrollment_type, user_approved FROM device_fact
    JOIN device USING (device_id) ORDER BY serial"
# A search of Jamf Pro with attributes of its own. Three hundred Macs without an
# answer come first.
{
    echo 'Computer Name,Serial Number,Operating System Version,Thing A,Thing B,Note,Kept by'
    i=0
    while [ $i -lt 300 ]; do
        i=$((i + 1))
        printf 'mac%03d,C02UNNAM%03d,15.1,,,some longer words of no command at all,IT\n' $i $i
    done
    cat <<'C'
one,C02UNNAMED01,15.1,"profiles: Bootstrap Token supported on server: YES
profiles: Bootstrap Token escrowed to server: NO","FileVault is On.
Encryption in progress: Percent completed = 42.5",FileVault is Off. Ask the user first.,IT
two,C02UNNAMED02,15.1,profiles: Bootstrap Token supported on server: YES profiles: Bootstrap Token escrowed to server: YES,"Enrolled via DEP: Yes
MDM enrollment: Yes (User Approved)
MDM server: https://mdm.example.com/mdm?token=q9zfake",Bootstrap Token escrowed to server: YES (as Ben says),IT
three,C02UNNAMED03,15.1,"Bootstrap Token supported on server: maybe",Error: command not found,"amy,00000000-0000-4000-8000-0000000001F5",Unknown user of this Mac
C
} >search.csv
rows='C02UNNAMED01|1|0|encrypting|||
C02UNNAMED02|1|1||1|ade|1
C02UNNAMED03||||||'
told='column "Thing A" is read as the output of "profiles status -type bootstraptoken" in 2 of 3 cells, by its lines'
ends 0 "warning: $told" "$muster" ingest -d a.db --as-of $as_of search.csv
grep -qF 'column "Thing B" is read as the output of "profiles status -type enrollment", "fdesetup status" in 2 of 3 cells' stderr ||
    fail "two commands in one column"
grep -qF 'ignored columns: Note (303), Kept by (303)' stderr ||
    fail "sentences are no answers"
check analyze "$muster" analyze -q -d a.db --as-of $as_of
says "$rows" sqlite3 a.db "$(echo "$facts" | sed "s/ORDER/WHERE serial LIKE 'C02UNNAMED%' ORDER/")"
says 303 sqlite3 a.db "SELECT count(*) FROM device_fact"
ends 0 "$told" "$muster" sources check --as-of $as_of search.csv
tells 'bootstrap_escrowed_device  no               [1] line 302, Thing A: "profiles:' "$muster" explain -d a.db C02UNNAMED01
grep -c q9zfake a.db >n || true
[ "$(cat n)" = 0 ] || fail "the query of a URL is kept"

# Attributes of an inventory in JSON; full names find their account.
cat >jamf.json <<'J'
{"totalCount": 1, "results": [{"id": "7", "udid": "00000000-0000-4000-8000-00000000B007",
 "general": {"name": "seven", "platform": "Mac", "lastContactTime": "2026-11-20T10:00:00Z"},
 "hardware": {"serialNumber": "C02UNNAMED07"},
 "localUserAccounts": [
  {"uid": "501", "username": "jroe", "fullName": "Jane Roe", "admin": true},
  {"uid": "502", "username": "kai", "fullName": "Kai Okafor", "admin": false}],
 "extensionAttributes": [
  {"definitionId": "3", "name": "Anything", "values": [
   "2026-11-20 09:00:00.101 sysadminctl[4021:5001] Secure token is ENABLED for user Jane Roe\n2026-11-20 09:00:00.202 sysadminctl[4022:5002] Secure token is DISABLED for user Kai Okafor"]},
  {"definitionId": "4", "name": "Disk", "values": ["No cryptographic users for disk3s1", ""]}]}]}
J
ends 0 'column "Anything" is read as the output of "sysadminctl -secureTokenStatus" in 1 of 1 cells' \
    "$muster" ingest -d j.db --as-of $as_of jamf.json
check analyze "$muster" analyze -q -d j.db --as-of $as_of
says "jroe|1
kai|0" sqlite3 j.db "SELECT account, secure_token FROM account_fact ORDER BY 1"

# A column that the mapping knows stands.
cat >both.csv <<'C'
Computer Name,Serial Number,Operating System Version,FileVault 2 Partition Encryption State,Odd
one,C02UNNAMED08,15.1,Encrypted,FileVault is Off.
C
check both "$muster" ingest -d b.db --as-of $as_of both.csv
says on sqlite3 b.db "SELECT filevault FROM device_row"
finish
