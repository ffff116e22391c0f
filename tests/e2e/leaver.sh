#!/bin/sh
# muster leaver: on which Macs would nobody be left.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

# 1: anna alone. 2: anna and ben, both leave or one. 3: an administrator stays,
# but cannot unlock. 4: ben's token is not known. 5: who is left is disabled.
cat >"$dir/devices.csv" <<'CSV'
serial,client,name,filevault,bootstrap_escrowed_server,mdm_enrolled,os_version
C02LEAV001,Northwind,one,on,no,yes,15.1
C02LEAV002,Northwind,two,on,yes,yes,15.1
C02LEAV003,Northwind,three,on,no,yes,15.1
C02LEAV004,Umbra,four,,,yes,15.1
C02LEAV005,Umbra,five,off,no,yes,15.1
CSV
cat >"$dir/accounts.csv" <<'CSV'
serial,account,full_name,secure_token,filevault_user,admin,disabled,uid
C02LEAV001,anna,Anna Ash,yes,yes,yes,no,501
C02LEAV001,guestuser,,no,no,no,no,502
C02LEAV002,Anna,Anna Ash,yes,yes,no,no,501
C02LEAV002,ben,Ben Berg,yes,yes,yes,no,502
C02LEAV003,anna,Anna Ash,yes,yes,no,no,501
C02LEAV003,it,,yes,no,yes,no,502
C02LEAV004,anna,Anna Ash,yes,yes,yes,no,501
C02LEAV004,ben,Ben Berg,,no,yes,no,502
C02LEAV005,anna,Anna Ash,yes,,no,no,501
C02LEAV005,carl,,yes,,yes,yes,502
CSV
db=$dir/m.db
check ingest "$muster" ingest -q -d "$db" --as-of 2026-11-30 \
    "$dir/devices.csv" "$dir/accounts.csv"
ends 2 'nothing has been judged yet' "$muster" leaver -d "$db" anna
check analyze "$muster" analyze -q -d "$db" --as-of 2026-11-30

says '2026-11, facts as of 2026-11-30

Last to hold a secure token: 3 Macs, 2 for certain
  Northwind  C02LEAV001  one   anna  certain
    FileVault on, bootstrap token absent; R3: Give one account a token directly
  Umbra      C02LEAV004  four  anna  perhaps
    FileVault not known, bootstrap token unknown; R3: Give one account a token
    directly
  Umbra      C02LEAV005  five  anna  certain
    FileVault off, bootstrap token absent; R4: Make a standard user
    administrator for a moment, and store the token

Last to unlock FileVault: 4 Macs, 3 for certain
  Northwind  C02LEAV001  one    anna  certain
    FileVault on, bootstrap token absent; R22: Let an account with a token
    unlock FileVault
  Northwind  C02LEAV003  three  anna  certain
    FileVault on, bootstrap token absent; R22: Let an account with a token
    unlock FileVault
  Umbra      C02LEAV004  four   anna  certain
    FileVault not known, bootstrap token unknown; R22: Let an account with a
    token unlock FileVault
  Umbra      C02LEAV005  five   anna  perhaps
    FileVault off, bootstrap token absent; R22: Let an account with a token
    unlock FileVault

Last administrator with a token: 2 Macs, 1 for certain
  Northwind  C02LEAV001  one   anna  certain
    FileVault on, bootstrap token absent; R3: Give one account a token directly
  Umbra      C02LEAV004  four  anna  perhaps
    FileVault not known, bootstrap token unknown; R3: Give one account a token
    directly

On 1 more of their Macs others are left' "$muster" leaver -d "$db" ANNA

# Both together leave nobody on the second Mac; the bootstrap token helps there.
tells 'C02LEAV002  two   Anna, ben  certain' \
    "$muster" leaver -d "$db" anna 'ben berg'
says '2026-11, facts as of 2026-11-30

On no Mac are they the last

On 1 of their Macs others are left' "$muster" leaver -d "$db" guestuser
tells 'Last administrator with a token: 1 Mac, 1 for certain' \
    "$muster" leaver -d "$db" it

check json "$muster" leaver -d "$db" --json --client umbra anna
jq -e '.schema == "muster.leaver/1" and (.macs | map(.serial)) ==
    ["C02LEAV004", "C02LEAV005"] and .macs[0].last_token_holder == "perhaps" and
    .macs[1].last_token_holder == "yes" and .macs[1].last_token_admin == "no"
    and .macs[1].first == "R4" and .unknown_names == []' "$dir/stdout" \
    >"$dir/jq" || fail 'json says something else'

# A slip of the pen is no all-clear.
ends 2 'no account is called "zoe"' "$muster" leaver -d "$db" anna zoe
grep -q C02LEAV001 "$dir/stdout" || fail 'the answer about anna is missing'
ends 2 'needs the name' "$muster" leaver -d "$db"

# One person, spelled by two Macs in two ways (the second name is not composed):
# both are told.
cat >"$dir/d2.csv" <<'CSV'
serial,client,filevault
C02LEAV006,Northwind,on
C02LEAV007,Northwind,on
CSV
{
    echo 'serial,account,full_name,secure_token'
    echo 'C02LEAV006,emile,Émile Ünal,yes'
    printf 'C02LEAV007,eunal,E\314\201MILE U\314\210NAL,yes\n'
} >"$dir/a2.csv"
check ingest "$muster" ingest -q -d "$dir/n.db" --as-of 2026-11-30 \
    "$dir/d2.csv" "$dir/a2.csv"
check analyze "$muster" analyze -q -d "$dir/n.db" --as-of 2026-11-30
check names "$muster" leaver -d "$dir/n.db" --json 'émile ünal'
jq -e '[.macs[] | .serial + " " + .last_token_holder] ==
    ["C02LEAV006 yes", "C02LEAV007 yes"]' "$dir/stdout" >"$dir/jq" ||
    fail 'of a person whom two Macs spell differently one Mac is told'
finish
