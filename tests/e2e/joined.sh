#!/bin/sh
# Answers that know an account by its number, UUID or full name are joined to
# the one account of the same Mac that has it, in whichever file that stands;
# what leads to no account, or to several, is told and never guessed.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

as_of=2026-11-24
cd "$dir"
mkdir a
# The Mac of two people; who is in which group stands in another file.
cat >a/users-C02JOINED001.json <<'E'
[{"uid": "501", "username": "Noor", "description": "Noor Haddad",
  "directory": "/Users/noor", "shell": "/bin/zsh", "is_hidden": "0",
  "uuid": "00000000-0000-4000-8000-00000000A501"},
 {"uid": "502", "username": "lab", "description": "Lab Desk",
  "directory": "/Users/lab", "shell": "/bin/zsh", "is_hidden": "0",
  "uuid": "00000000-0000-4000-8000-00000000A502"}]
E
cat >a/groups-C02JOINED001.json <<'E'
[{"uid": "501", "gid": "20"},
 {"uid": "501", "gid": "80"},
 {"uid": "502", "gid": "20"},
 {"uid": "503", "gid": "80"}]
E
# A Mac of whose accounts nothing else is known.
printf 'uid|gid\n501|80\n' >a/groups-C02JOINED002.csv
# Full names: one is unique, one is that of two accounts, one of none.
cat >a/users-C02JOINED003.json <<'E'
[{"uid": "501", "username": "jroe", "description": "Jane Roe",
  "directory": "/Users/jroe", "shell": "/bin/zsh", "is_hidden": "0",
  "uuid": "00000000-0000-4000-8000-00000000B501"},
 {"uid": "502", "username": "sam1", "description": "Sam Lee",
  "directory": "/Users/sam1", "shell": "/bin/zsh", "is_hidden": "0",
  "uuid": "00000000-0000-4000-8000-00000000B502"},
 {"uid": "503", "username": "sam2", "description": "Sam Lee",
  "directory": "/Users/sam2", "shell": "/bin/zsh", "is_hidden": "0",
  "uuid": "00000000-0000-4000-8000-00000000B503"}]
E
cat >a/tokens-C02JOINED003.txt <<'E'
2026-11-20 09:00:00.101 sysadminctl[4021:5001] Secure token is ENABLED for user Jane Roe
2026-11-20 09:00:00.202 sysadminctl[4022:5002] Secure token is DISABLED for user Sam Lee
2026-11-20 09:00:00.303 sysadminctl[4023:5003] Secure token is ENABLED for user Nobody Here
E
facts="SELECT serial || ' ' || account || ' ' || coalesce(uid, '?') || ' ' ||
    coalesce(admin, '?') || ' ' || coalesce(secure_token, '?')
    FROM account_fact JOIN device USING (device_id) ORDER BY 1"
have='C02JOINED001 Noor 501 1 ?
C02JOINED001 lab 502 ? ?
C02JOINED003 jroe 501 ? 1
C02JOINED003 sam1 502 ? ?
C02JOINED003 sam2 503 ? ?'
told='accounts not found: 3 rows know an account by a number or full name that no account of the Mac has, 1 row by one that several have (first: groups-C02JOINED001.json:4)'

check "ingest" "$muster" ingest -d a.db --as-of $as_of a
grep -q '^groups-C02JOINED001.json: osquery-user-groups: 4 records, 2 accepted, 0 rejected, 2 that say nothing of the account left out' stderr ||
    fail "groups are told"
grep -qF '2 rows of accounts known by their user number alone: joined to the account of the same Mac that has it' stderr ||
    fail "that they wait is told"
grep -qF '3 rows of accounts known by their full name alone: joined' stderr ||
    fail "full names are told"
ends 0 "$told" "$muster" analyze -d a.db --as-of $as_of
says "$have" sqlite3 a.db "$facts"
says C02JOINED002 sqlite3 a.db \
    "SELECT serial FROM device_fact JOIN device USING (device_id)
     EXCEPT SELECT serial FROM account_fact JOIN device USING (device_id)"

# The other way round, in single commands: the same.
for f in a/tokens-* a/groups-C02JOINED001.json a/groups-C02JOINED002.csv \
    a/users-*; do
    check "$f" "$muster" ingest -d b.db --as-of $as_of "$f"
done
ends 0 "${told% (*}" "$muster" analyze -d b.db --as-of $as_of
says "$have" sqlite3 b.db "$facts"

# Evidence and explain name the line that says it.
tells '    admin                      yes            [2] line 2, gid: "80"' \
    "$muster" explain -d a.db C02JOINED001
tells 'tokens-C02JOINED003.txt' "$muster" explain -d a.db C02JOINED003
ends 0 'accounts not found: 3 rows' "$muster" run --as-of $as_of -o out a
grep -q '"accounts_not_found": 4' <<E || fail "as JSON"
$("$muster" analyze -d a.db --as-of $as_of --json)
E
checks=$((checks + 1))

# A mapping of your own may say the same of its files.
cat >own.json <<'E'
{"id": "own", "format": "csv", "scope": "accounts", "known_by": ["guid"],
 "columns": [{"column": "Mac", "fact": "serial"},
             {"column": "User UUID", "fact": "guid"},
             {"column": "Owner", "fact": "volume_owner"}]}
E
printf 'Mac,User UUID,Owner\nC02JOINED001,00000000-0000-4000-8000-00000000a502,yes\nC02JOINED001,,yes\n' >own.csv
ends 0 'own.csv:3: neither a name nor a number of the account' "$muster" \
    ingest -d a.db --as-of $as_of --source ./own.json own.csv
check "analyze" "$muster" analyze -d a.db --as-of $as_of
says "lab" sqlite3 a.db "SELECT account FROM account_fact WHERE volume_owner"
sed 's/"guid"\]/"admin"]/' own.json >bad.json
ends 5 '"known_by" is uid, guid or full_name' "$muster" ingest -d a.db \
    --as-of $as_of --source ./bad.json own.csv
# Rows that have no serial number are told as they are read, and where they
# join nothing.
cat >waiting.csv <<'E'
mdm_id,uuid,account,secure_token
d-1,,ana,true
d-2,00000000-0000-4000-8000-00000000C002,ben,false
E
printf 'serial,mdm_id\nC02WAITING01,d-1\n' >ids.csv
ends 0 "warning: 1 record without a serial number: joined by the product's own id to the Mac of a record that has both, in this or another export of the same product" \
    "$muster" ingest -d w.db --as-of $as_of waiting.csv
grep -qF 'warning: 1 record without a serial number: joined by hardware UUID to the Mac of a record that has both' \
    stderr || fail "by UUID"
tells '  2 rows without a serial number, by the id of a Mac: check them together with the export that has both' \
    "$muster" sources check --as-of $as_of waiting.csv
tells '  1 row without a serial number, by the id of a Mac' \
    "$muster" sources check --as-of $as_of waiting.csv ids.csv
tells 'accounts not found: 2 rows know' \
    "$muster" sources check --as-of $as_of a/groups-C02JOINED001.json

# diskutil names nobody: its UUIDs lead to the accounts of another file, and who
# is not among them is not called "no crypto user" by a file without names.
cat >owners.csv <<'E'
serial,account,guid
C02DISKUTIL1,amy,DA145BD0-81C7-41AA-9676-794E0A14B63D
C02DISKUTIL1,bob,DA145BD0-81C7-41AA-9676-794E0A14B63E
E
cat >diskutil-C02DISKUTIL1.txt <<'E'
Cryptographic users for disk3s1s1 (3 found)
|
+-- da145bd0-81c7-41aa-9676-794e0a14b63d
|   Type: Local Open Directory User
|   Volume Owner: Yes
|
+-- 2457711A-523C-4604-B75A-F48A571D5036
|   Type: MDM Bootstrap Token External Key
|   Volume Owner: Yes
|
+-- EBC6C064-0000-11AA-AA11-00306543ECAC
    Type: Personal Recovery User
    Volume Owner: Yes
E
check "diskutil" "$muster" run -q -d du.db -o du -F csv --as-of $as_of \
    diskutil-C02DISKUTIL1.txt owners.csv
says 'amy|1|1
bob||' sqlite3 -list du.db "SELECT account, crypto_user, volume_owner
    FROM account_fact ORDER BY account"
finish
