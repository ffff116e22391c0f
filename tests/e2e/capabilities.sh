#!/bin/sh
# What a Mac cannot do now, and what is not proved: by chip, system and facts.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

# PROVEN is fine in everything; the others differ from it in what the name says.
cat >"$dir/devices.csv" <<'CSV'
serial,chip,os_version,last_checkin,mdm_enrolled,enrollment_type,user_approved,supervised,bootstrap_supported,bootstrap_escrowed_server,bootstrap_record,bootstrap_auth,eacs_preflight,filevault,recovery_key_escrowed,recovery_key_present,recovery_key_validity,recovery_lock,firmware_password
PROVEN01,apple,15.1,2026-11-29,yes,ade,yes,yes,yes,yes,yes,allowed,success,on,yes,yes,valid,no,no
NOTOKEN01,apple,15.1,2026-11-29,yes,ade,yes,yes,yes,no,yes,allowed,no_token,on,yes,yes,valid,no,no
NOTOKENT2,t2,15.1,2026-11-29,yes,ade,yes,yes,yes,no,yes,not_supported,success,on,yes,yes,valid,no,no
NOTOKENINTEL,intel,15.1,2026-11-29,yes,ade,yes,yes,yes,no,yes,not_supported,not_supported,on,yes,yes,valid,no,no
NOTOKENANY,,15.1,2026-11-29,yes,ade,yes,yes,yes,no,yes,,success,on,yes,yes,valid,no,no
GONEINTEL,intel,15.1,2026-11-29,no,none,,,,,,not_supported,not_supported,on,yes,yes,valid,no,no
OLDT2,t2,10.15.7,2026-11-29,yes,ade,yes,yes,yes,yes,yes,not_supported,,on,yes,yes,valid,no,no
FORBIDDEN,apple,15.1,2026-11-29,yes,ade,yes,yes,yes,yes,yes,disallowed,success,on,yes,yes,valid,no,no
UNTESTED,apple,15.1,2026-11-29,yes,ade,yes,yes,yes,yes,yes,allowed,success,on,yes,yes,unverified,no,no
BADKEY,apple,15.1,2026-11-29,yes,ade,yes,yes,yes,yes,yes,allowed,success,on,yes,yes,invalid,no,no
SILENT01,apple,15.1,2026-08-29,yes,ade,yes,yes,yes,yes,yes,allowed,success,on,yes,yes,valid,no,no
UNREADY,apple,15.1,2026-11-29,yes,ade,yes,yes,yes,yes,yes,allowed,unsealed,on,yes,yes,valid,no,no
CSV
# What no export carries: nothing about the token, no test of readiness.
cat >"$dir/less.csv" <<'CSV'
serial,chip,os_version,last_checkin,mdm_enrolled,enrollment_type,user_approved,supervised,filevault,recovery_key_escrowed,recovery_key_present,recovery_key_validity,recovery_lock,firmware_password
UNASKED,apple,15.1,2026-11-29,yes,ade,yes,yes,on,yes,yes,valid,no,no
CSV
# The token is proved; whether it may be used, and what shuts recoveryOS, is not
# said. The second and the third are shut, by what their chip has.
cat >"$dir/unsaid.csv" <<'CSV'
serial,chip,os_version,last_checkin,mdm_enrolled,enrollment_type,user_approved,supervised,bootstrap_supported,bootstrap_escrowed_server,bootstrap_record,eacs_preflight,filevault,recovery_key_escrowed,recovery_key_present,recovery_key_validity
UNSAID,apple,15.1,2026-11-29,yes,ade,yes,yes,yes,yes,yes,success,on,yes,yes,valid
UNSAIDT2,t2,15.1,2026-11-29,yes,ade,yes,yes,yes,yes,yes,success,on,yes,yes,valid
CSV
cat >"$dir/shut.csv" <<'CSV'
serial,chip,os_version,last_checkin,mdm_enrolled,enrollment_type,user_approved,supervised,bootstrap_supported,bootstrap_escrowed_server,bootstrap_record,bootstrap_auth,eacs_preflight,filevault,recovery_key_escrowed,recovery_key_present,recovery_key_validity,recovery_lock,recovery_lock_known,firmware_password,firmware_password_known
SHUTAPPLE,apple,15.1,2026-11-29,yes,ade,yes,yes,yes,yes,yes,allowed,success,on,yes,yes,valid,yes,no,yes,no
ONRECORD,apple,15.1,2026-11-29,yes,ade,yes,yes,yes,yes,yes,allowed,success,on,yes,yes,valid,yes,yes,,
SHUTT2,t2,15.1,2026-11-29,yes,ade,yes,yes,yes,yes,yes,not_supported,success,on,yes,yes,valid,yes,no,yes,no
OPENT2,t2,15.1,2026-11-29,yes,ade,yes,yes,yes,yes,yes,not_supported,success,on,yes,yes,valid,yes,no,no,
CSV
{
    echo 'serial,account,uid,kind,role,admin,hidden,secure_token,crypto_user,volume_owner,filevault_user,password_known_by,disabled,person_status,password_reset_by,password_reset_at,last_login,laps'
    for mac in $(cut -d, -f1 "$dir/devices.csv" | tail -n +2) UNASKED UNSAID UNSAIDT2 \
        SHUTAPPLE ONRECORD SHUTT2 OPENT2; do
        for who in anna bo; do
            echo "$mac,$who,501,local,primary,yes,no,yes,yes,yes,yes,both,no,active,,,2026-11-28,no"
        done
    done
} >"$dir/accounts.csv"
db=$dir/m.db
check ingest "$muster" ingest -q -d "$db" --as-of 2026-11-30 \
    "$dir/devices.csv" "$dir/less.csv" "$dir/unsaid.csv" "$dir/shut.csv" \
    "$dir/accounts.csv"
check analyze "$muster" analyze -q -d "$db" --as-of 2026-11-30

is() { # SERIAL CANNOT PERHAPS
    says "$2|$3" sqlite3 "$db" "SELECT lost, perhaps_lost FROM device_result
        JOIN device USING (device_id) WHERE serial = '$1'"
}
# That settings and Platform SSO need the token is said as a possibility.
server='auto updates-by-server erase kexts'
is PROVEN01 '' ''
is NOTOKEN01 "$server" 'settings psso'
# T2: updates and an erase need no token there.
is NOTOKENT2 auto 'settings psso'
# Intel: no silent erase at all.
is NOTOKENINTEL 'auto erase' 'settings psso'
is NOTOKENANY auto 'updates-by-server erase settings kexts psso'
# Not enrolled: the server reaches no chip.
is GONEINTEL 'auto updates-by-server erase settings kexts' ''
# The silent erase is of macOS 12.0.1 and later.
is OLDT2 erase auto
is FORBIDDEN 'updates-by-server kexts' ''
is UNTESTED '' rescue
is BADKEY rescue ''
# Stored, and not proved: an update may prompt as well.
is UNREADY erase 'auto updates-by-server'
# Not asked is not proved.
is UNASKED '' 'auto updates-by-server erase settings kexts psso'

# Nor is leave to use the token, or that recoveryOS is open. (No test proves the
# token of a T2.)
is UNSAID '' 'updates-by-server kexts recoveryos'
is UNSAIDT2 '' 'auto recoveryos'
is SHUTAPPLE recoveryos ''
is ONRECORD '' ''
is SHUTT2 recoveryos auto
is OPENT2 '' auto

# Will it take the update, and the wipe? Empty where it is not proved.
check report "$muster" report -q -d "$db" -F csv -o "$dir/out"
takes() { # SERIAL UPDATE WIPE
    checks=$((checks + 1))
    got=$(python3 - "$1" "$dir/out/fleet-monthly-2026-11-devices.csv" <<'E_'
import csv, sys
for row in csv.DictReader(open(sys.argv[2], newline='')):
    if row['serial'] == sys.argv[1]:
        print(row['takes_update'] + '|' + row['takes_wipe'])
E_
    )
    [ "$got" = "$2|$3" ] || fail "$1 takes $got, want $2|$3"
}
takes PROVEN01 'by the server' yes
takes NOTOKEN01 'by a person' no
takes NOTOKENT2 'by the server' yes
takes OLDT2 'by the server' no
takes NOTOKENANY '' ''
takes UNASKED '' ''
takes UNREADY '' no
# What it passed is old.
takes SILENT01 '' ''

# How grave a client finds it moves no capability: a bad key opens no disk, and
# one that nobody tested may.
check milder "$muster" analyze -q -d "$db" --as-of 2026-11-30 \
    --set severity.FV-03=low --set severity.BT-06=low
is BADKEY rescue ''
is FORBIDDEN 'updates-by-server kexts' ''
check graver "$muster" analyze -q -d "$db" --as-of 2026-11-30 \
    --set severity.FV-03=critical
is UNTESTED '' rescue
finish
