#!/bin/sh
# The migration report: five words, reasons in the order of fixing, fleet tasks.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

# 1 ready. 2 must be updated. 3 has no bootstrap token, its system is old, and
# Apple Business is not known. 4 is not in Apple Business. 5 cannot run macOS
# 26. 6 is not known. 7 has moved, without a token. 8 is silent.
cat >"$dir/devices.csv" <<'CSV'
serial,client,site,name,model,os_version,chip,observed_at,last_checkin,mdm_enrolled,enrollment_type,user_approved,supervised,in_abm,mdm_server,bootstrap_supported,bootstrap_escrowed_device,bootstrap_escrowed_server,eacs_preflight,filevault,recovery_key_present,recovery_key_escrowed,recovery_key_validity,activation_lock
C02MOVE001,Northwind,Leeds,one,"Mac16,1",26.1,apple,2026-11-28,2026-11-29,yes,ade,yes,yes,yes,Old,yes,yes,yes,success,on,yes,yes,valid,off
C02MOVE002,Northwind,Leeds,two,"Mac16,1",15.6,apple,2026-11-28,2026-11-29,yes,ade,yes,yes,yes,Old,yes,yes,yes,success,on,yes,yes,valid,off
C02MOVE003,Northwind,Leeds,three,"Mac16,1",15.6,apple,2026-11-28,2026-11-29,yes,ade,yes,yes,,Old,yes,no,no,,on,yes,yes,valid,off
C02MOVE004,Northwind,York,four,"Mac16,1",26.1,apple,2026-11-28,2026-11-29,yes,manual,yes,yes,no,Old,yes,yes,yes,success,on,yes,yes,valid,off
C02MOVE005,Northwind,York,five,"iMac18,1",13.7,intel,2026-11-28,2026-11-29,yes,ade,yes,yes,yes,Old,yes,yes,yes,,on,yes,yes,valid,
C02MOVE006,Northwind,York,six,"Mac16,1",26.1,apple,2026-11-28,2026-11-29,yes,ade,yes,yes,,Old,yes,yes,yes,success,on,yes,,valid,off
C02MOVE007,Northwind,York,seven,"Mac16,1",26.1,apple,2026-11-28,2026-11-29,yes,ade,yes,yes,yes,New,yes,no,no,,on,yes,yes,valid,off
C02MOVE008,Northwind,York,eight,"Mac16,1",26.1,apple,2026-10-01,2026-10-01,yes,ade,yes,yes,yes,Old,yes,yes,yes,success,on,yes,yes,valid,off
CSV
{
    echo 'serial,account,uid,kind,role,admin,secure_token,crypto_user,volume_owner,filevault_user,password_known_by,disabled,person_status,last_login'
    for n in 1 2 3 4 5 6 7 8; do
        echo "C02MOVE00$n,anna,501,local,primary,no,yes,yes,yes,yes,user,no,active,2026-11-01"
        echo "C02MOVE00$n,it,502,local,managed_admin,yes,yes,yes,yes,yes,admin,no,active,2026-11-01"
    done
} >"$dir/accounts.csv"
cat >"$dir/m.conf" <<'CONF'
[policy]
route = in-place
new_server = New
new_server_bootstrap = no
CONF
db=$dir/m.db out=$dir/out
check run "$muster" run -q -c "$dir/m.conf" -d "$db" -o "$out" \
    --as-of 2026-11-30 -u migration "$dir/devices.csv" "$dir/accounts.csv"
# Two counts of Macs for one fix: the page says why they differ, at both.
tells 'counts every Mac that a fix helps, ready to move or not' \
    cat "$out"/*-migration-*.html
tells 'what must be before the move, on Macs that are not ready' \
    cat "$out"/*-migration-*.html
check verify "$muster" verify -d "$db" "$out"

# The devices file: word, next step, and what goes with them.
table=$out/fleet-migration-2026-11-devices.csv
devices() { # columns of serial $1
    python3 -c 'import csv, sys
for r in csv.DictReader(open(sys.argv[1], newline="")):
    if r["serial"] == sys.argv[2]:
        print("|".join(r[c] for c in sys.argv[3:]))' \
        "$table" "$@"
}
is() { # serial, expected, columns...
    serial=$1 want=$2
    shift 2
    got=$(devices "$serial" "$@")
    checks=$((checks + 1))
    [ "$got" = "$want" ] || {
        echo "$serial: $got"
        fail "$serial: expected $want"
    }
}
is C02MOVE001 'ready|Prepare and make the move to another server||' \
    readiness next_step readiness_reasons readiness_open
is C02MOVE002 'action-first|Update macOS|hour|user|60' \
    readiness next_step effort next_owner next_minutes
is C02MOVE003 "action-first|Store the bootstrap token with a token administrator's password|help desk" \
    readiness next_step next_owner
is C02MOVE003 'The bootstrap token is not stored with the management server | The system is too old to be moved in place|whether it is in Apple Business' \
    readiness_reasons readiness_open
is C02MOVE004 'hands-on|Not in Apple Business, or there on trial only' \
    readiness readiness_reasons
is C02MOVE005 'blocked|Prepare and make the move to another server|The system is too old to be moved in place' \
    readiness next_step readiness_reasons
is C02MOVE006 'unknown|Find out: whether it is in Apple Business, whether the recovery key is stored|' \
    readiness next_step effort
is C02MOVE007 'action-first|The bootstrap token is not stored with the management server | Moved, and the new server has no bootstrap token' \
    readiness readiness_reasons
is C02MOVE008 'hands-on|Find a Mac that no longer reports|The Mac has not reported for a while' \
    readiness next_step readiness_reasons

# The page says the same, in the same numbers, and what is done once.
page=$out/fleet-migration-2026-11.html
text() { # a text of the page, without tags and protected blanks
    checks=$((checks + 1))
    python3 -c 'import html, re, sys
page = html.unescape(re.sub("<[^>]*>", " ", open(sys.argv[1]).read()))
sys.exit(sys.argv[2] not in " ".join(page.split()))' "$page" "$1" ||
        fail "the page does not say: $1"
}
text '1 of 8 Macs is ready to move; 1 is blocked, 2 need someone at the Mac.'
text 'Blocked 1 12.5 % would stop the move Needs someone at the Mac 2'
text 'Action first 3 37.5 %'
text 'The system is too old to be moved in place MIG-01 Update macOS The person at the Mac up to an hour 2 0 0 The system is too old to be moved in place Prepare and make the move to another server Server admin a project 1 1 0'
text 'To find out first: Macs whose readiness is not known Not known Macs whether it is in Apple Business 1 whether the recovery key is stored 1'
text 'The new server does not do bootstrap tokens MIG-07 After the move every Mac would lose the help of its bootstrap token. 8 0'
text 'macOS 26 Apple silicon 5'
text 'Moved, and the new server has no bootstrap token MIG-11'
text 'Confirm for each Mac, and only then delete its old record:'

# The workbook has the same columns.
unzip -p "$out/fleet-migration-2026-11.xlsx" >"$dir/book"
for word in 'Readiness reasons' 'Readiness open' 'Next owner' \
    'Find out: whether it is in Apple Business' 'Update macOS'; do
    checks=$((checks + 1))
    grep -qaF "$word" "$dir/book" || fail "the workbook has no \"$word\""
done

# A monthly report keeps the next step of its own judgement.
check monthly "$muster" report -q -c "$dir/m.conf" -d "$db" -o "$dir/month"
table=$dir/month/fleet-monthly-2026-11-devices.csv
is C02MOVE002 '||' next_step readiness_reasons next_owner

# Without a route the classic way counts too: an old system is no hindrance.
check both "$muster" analyze -q -d "$db" --as-of 2026-11-30
tells 'C02MOVE002,ready' "$muster" query -d "$db" \
    'SELECT serial, readiness FROM device_result JOIN device USING (device_id)'

# What is judged by the facts has a reason and a next step too where no rule
# speaks of it: MIG-02 on the classic way, BT-01 of a system too old for a
# bootstrap token, BT-04 before there was a readiness test, FV-02 of a personal
# Mac, ST-05 where the token that is shown is none.
cat >"$dir/facts.csv" <<'CSV'
serial,os_version,chip,last_checkin,mdm_enrolled,enrollment_type,user_approved,supervised,in_abm,bootstrap_supported,bootstrap_escrowed_device,bootstrap_record,filevault,recovery_key_escrowed,recovery_lock,firmware_password
C02FACT001,15.6,apple,2026-11-29,yes,ade,yes,yes,no,yes,yes,yes,on,yes,no,no
C02FACT002,10.14.6,intel,2026-11-29,yes,ade,yes,yes,yes,yes,,,on,yes,no,no
C02FACT003,12.7,apple,2026-11-29,yes,ade,yes,yes,yes,yes,yes,no,on,yes,no,no
C02FACT004,15.6,apple,2026-11-29,yes,user,yes,yes,yes,yes,yes,yes,on,no,no,no
C02FACT005,15.6,apple,2026-11-29,yes,ade,yes,yes,yes,yes,yes,yes,on,yes,no,no
CSV
{
    echo 'serial,account,role,admin,secure_token,crypto_user,password_known_by'
    for n in 1 2 3 4; do
        echo "C02FACT00$n,anna,primary,yes,yes,yes,user"
        echo "C02FACT00$n,it,managed_admin,yes,yes,yes,admin"
    done
    echo 'C02FACT005,anna,primary,yes,yes,no,user'
} >"$dir/people.csv"
check facts "$muster" run -q -d "$dir/f.db" -o "$dir/f" -u migration \
    --set route=classic --as-of 2026-11-30 "$dir/facts.csv" "$dir/people.csv"
table=$dir/f/fleet-migration-2026-11-devices.csv
is C02FACT001 'hands-on|Prepare and make the move to another server|Not in Apple Business, or there on trial only' \
    readiness next_step readiness_reasons
is C02FACT002 'action-first|Update macOS|The system is too old for full bootstrap token help' \
    readiness next_step readiness_reasons
is C02FACT003 'action-first|Renew a stored bootstrap token that does not work|A bootstrap token is stored, but the Mac may not be able to use it' \
    readiness next_step readiness_reasons
is C02FACT004 'action-first|Store the recovery key with the server, or make a new one|FileVault is on, and the recovery key is not with the server' \
    readiness next_step readiness_reasons
is C02FACT005 'hands-on|Let the person log in at the ordinary login window' \
    readiness next_step
page=$dir/f/fleet-migration-2026-11.html
text 'Not in Apple Business, or there on trial only MIG-02 Prepare and make the move to another server Server admin a project 1 0 1'
check verify "$muster" verify -d "$dir/f.db" "$dir/f"

# Rules that were not checked leave a reason all the same.
printf 'serial,observed_at\nC02MOVE011,2026-11-29\n' >"$dir/bare.csv"
printf '[{"serial":"C02MOVE012","accounts":[]}]' >"$dir/none.json"
check bare "$muster" run -q -d "$dir/b.db" -o "$dir/b" -u migration -F csv \
    --as-of 2026-11-30 "$dir/bare.csv" "$dir/none.json"
checks=$((checks + 1))
grep -q 'C02MOVE012.*,hands-on,.*,No account on the Mac holds a secure token,' \
    "$dir/b/fleet-migration-2026-11-devices.csv" ||
    fail "$(cat "$dir/b/fleet-migration-2026-11-devices.csv")"
finish
