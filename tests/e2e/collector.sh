#!/bin/sh
# The collectors, run against stubs that print what the real commands print,
# in sh and in bash, and read back by the importer.
set -eu
cd "$(dirname "$0")/../.."
muster=$1/muster
dir=$(mktemp -d "${TMPDIR:-/tmp}/muster-collector.XXXXXX")
trap 'rm -rf "$dir"' EXIT
n=0

same() { # what, expected, found
    n=$((n + 1))
    [ "$2" = "$3" ] && return
    printf '%s\n  expected: %s\n  found:    %s\n' "$1" "$2" "$3"
    exit 1
}

stub() { # name; its body on standard input
    { echo '#!/bin/sh'; cat; } >"$dir/bin/$1"
    chmod +x "$dir/bin/$1"
}
mkdir "$dir/bin"
stub dscl <<'S'
case "$3 $4" in
"/Users "*) [ "$2" = -list ] && printf '_spotlight\nana.silva\ndaemon\nitadmin\nmobile.user\nnobody\nroot\n' ;;
"/Users/ana.silva RealName") printf 'RealName:\n Ana "Nana" Silva\n' ;;
"/Users/itadmin RealName") echo 'RealName: IT Admin' ;;
"/Users/ana.silva GeneratedUID") echo 'GeneratedUID: DA145BD0-81C7-41AA-9676-794E0A14B63D' ;;
"/Users/itadmin GeneratedUID") echo 'GeneratedUID: 11111111-81C7-41AA-9676-794E0A14B63D' ;;
"/Users/ana.silva UniqueID") echo 'UniqueID: 501' ;;
"/Users/itadmin UniqueID") echo 'UniqueID: 502' ;;
"/Users/mobile.user AuthenticationAuthority")
    printf 'AuthenticationAuthority:\n ;LocalCachedUser;/Active Directory/CORP/corp.example.com:m:0\n ;ShadowHash;HASHLIST:<SALTED-SHA512-PBKDF2>\n' ;;
"/Users/"*" AuthenticationAuthority") echo 'AuthenticationAuthority: ;ShadowHash;HASHLIST:<SALTED-SHA512-PBKDF2> ;SecureToken;' ;;
*) echo "No such key: $4" ;;
esac
S
stub sysadminctl <<'S'
case $2 in
itadmin) echo '2026-11-01 09:41:40.102 sysadminctl[1290:12512] Secure token is ENABLED for user IT Admin' >&2 ;;
ana.silva) echo '2026-11-01 09:41:40.102 sysadminctl[1290:12512] Secure token is ENABLED for user Ana "Nana" Silva' >&2 ;;
mobile.user) echo '2026-11-01 09:41:40.102 sysadminctl[1290:12512] Secure token is DISABLED for user Mobile User' >&2 ;;
*) echo "2026-11-01 09:41:40.102 sysadminctl[1290:12512] Unknown user $2" >&2 ;;
esac
S
stub dseditgroup <<'S'
[ "$4" = itadmin ] && { echo "yes itadmin is a member of admin"; exit 0; }
echo "no $4 is NOT a member of admin"
exit 67
S
stub profiles <<'S'
case $3 in
bootstraptoken)
    echo 'profiles: Bootstrap Token supported on server: YES'
    echo 'profiles: Bootstrap Token escrowed to server: NO' ;;
enrollment)
    echo 'Enrolled via DEP: Yes'
    echo 'MDM enrollment: Yes (User Approved)'
    echo 'MDM server: https://mdm.example.com/mdm' ;;
esac
S
stub fdesetup <<'S'
case $1 in
status) printf 'FileVault is On.\nEncryption in progress: Percent completed = 42\n' ;;
list) printf 'itadmin,11111111-81C7-41AA-9676-794E0A14B63D\n' ;;
esac
S
stub diskutil <<'S'
printf 'Cryptographic users for disk3s1s1 (2 found)\n|\n'
printf '+-- DA145BD0-81C7-41AA-9676-794E0A14B63D\n|   Type: Local Open Directory User\n|   Volume Owner: Yes\n|\n'
printf '+-- EBC6C064-0000-11AA-AA11-00306543ECAC\n    Type: Personal Recovery User\n    Volume Owner: Yes\n'
S
stub system_profiler <<'S'
printf '      Serial Number (system): C02COLLECT01\n      Hardware UUID: 12345678-0000-1111-2222-333344445555\n'
S
stub scutil <<'S'
printf 'Ana\342\200\231s Mac \\ "blue"\n'
S
stub sw_vers <<'S'
case $1 in -productVersion) echo 15.7.1 ;; *) echo 24G231 ;; esac
S
stub sysctl <<'S'
echo Mac15,3
S
stub date <<'S'
echo 2026-11-20T08:00:00Z
S

collect() { # shell, product, fact
    "$muster" collector --for "$2" --fact "$3" |
        sed "s|^PATH=.*|PATH=$dir/bin:/usr/bin:/bin|" >"$dir/script"
    "$1" "$dir/script"
}

for shell in sh bash; do
    same "$shell tokens" 'admins=itadmin users=ana.silva' \
        "$(collect $shell plain tokens)"
    same "$shell jamf tokens" \
        '<result>admins=itadmin users=ana.silva</result>' \
        "$(collect $shell jamf tokens)"
    same "$shell bootstrap" NO "$(collect $shell addigy bootstrap)"
    collect $shell plain all >"$dir/all.$shell.jsonl"
    same "$shell valid JSON" 'C02COLLECT01 3 Ana "Nana" Silva' \
        "$(jq -r '[.serial, (.accounts|length), .accounts[0].full_name]|
            join(" ")' "$dir/all.$shell.jsonl" |
            sed 's/^\([^ ]*\) \([0-9]*\) /\1 \2 /')"
done
cmp "$dir/all.sh.jsonl" "$dir/all.bash.jsonl"

# What cannot be read is unknown, never "no".
for tool in dscl sysadminctl profiles fdesetup diskutil; do
    mv "$dir/bin/$tool" "$dir/bin/$tool.gone"
done
same "no commands: tokens" UNKNOWN "$(collect sh plain tokens)"
same "no commands: bootstrap" UNKNOWN "$(collect sh plain bootstrap)"
same "no commands: all" 'null null null' "$(collect sh plain all |
    jq -r '[.filevault, .bootstrap_escrowed_device, .accounts]|
        map(tostring)|join(" ")')"
for tool in dscl sysadminctl profiles fdesetup diskutil; do
    mv "$dir/bin/$tool.gone" "$dir/bin/$tool"
done
stub profiles <<'S'
echo 'profiles: Bootstrap Token supported on server: NO'
S
same "unsupported" UNSUPPORTED "$(collect sh plain bootstrap)"
stub sysadminctl <<'S'
echo '2026-11-01 09:41:40.102 sysadminctl[1:2] Operation is not permitted' >&2
S
same "token state refused" \
    'admins= users= unknown=ana.silva,itadmin,mobile.user' \
    "$(collect sh plain tokens)"

# The importer reads back what the collector prints.
db=$dir/fleet.db
"$muster" ingest -q -d "$db" --as-of 2026-11-24 "$dir/all.sh.jsonl"
"$muster" analyze -q -d "$db" --as-of 2026-11-24
"$muster" explain -d "$db" C02COLLECT01 --json >"$dir/explain.json"
for want in '"filevault":"encrypting"' '"enrollment_type":"ade"' \
    '"bootstrap_escrowed_device":false' '"mdm_enrolled":true'; do
    key=${want%%:*}
    same "read back $key" "$want" \
        "\"$(echo "$key" | tr -d '"')\":$(jq -c --arg k "$(echo "$key" |
            tr -d '"')" '[.. | objects | select(.fact? == $k and .account? == null) | .value][0]' \
            "$dir/explain.json")"
done

# Each product's form comes back out of that product's export: six products,
# three facts. The stubs are those of the beginning, except that they answer
# for everybody.
stub sysadminctl <<'S'
case $2 in
itadmin) echo '2026-11-01 09:41:40.102 sysadminctl[1290:12512] Secure token is ENABLED for user IT Admin' >&2 ;;
*) echo "2026-11-01 09:41:40.102 sysadminctl[1290:12512] Secure token is DISABLED for user $2" >&2 ;;
esac
S
stub profiles <<'S'
case $3 in
bootstraptoken)
    echo 'profiles: Bootstrap Token supported on server: YES'
    echo 'profiles: Bootstrap Token escrowed to server: NO' ;;
enrollment) echo 'MDM enrollment: Yes' ;;
esac
S
stub diskutil <<'S'
printf 'Cryptographic user for disk3s1s1 (1 found)\n|\n'
printf '+-- 11111111-81C7-41AA-9676-794E0A14B63D\n    Type: Local Open Directory User\n    Volume Owner: Yes\n'
S
export_of() { # product, fact, answer: an export that holds it, in $dir/x.*
    rm -f "$dir"/x.*
    said=$(printf '%s' "$3" | sed -e 's/^<result>//' -e 's/<\/result>$//')
    json=$(printf '%s' "$said" | jq -Rs .)
    cell=$(printf '%s' "$said" | sed 's/"/""/g')
    case $1 in
    addigy)
        printf 'Serial Number,Has MDM,Device Model Name,Muster %s\nC02COLLECT01,TRUE,MacBook Pro,"%s"\n' \
            "$2" "$cell" >"$dir/x.csv" ;;
    jamf)
        printf 'Computer Name,JSS Computer ID,Serial Number,Muster %s\nmac,1,C02COLLECT01,"%s"\n' \
            "$2" "$cell" >"$dir/x.csv" ;;
    kandji)
        printf '[{"device_id":"k1","device_name":"mac","serial_number":"C02COLLECT01","platform":"Mac","blueprint_name":"b"}]\n' \
            >"$dir/x.json"
        printf '{"device_id":"k1","library_items":[{"name":"Muster %s","log":%s,"last_audit_log":null}]}\n' \
            "$2" "$(printf 'Executing audit script...\n%s\nExit code: 0' \
                "$said" | jq -Rs .)" >"$dir/x.status.json" ;;
    fleet)
        printf '{"hosts":[{"id":1,"hardware_serial":"C02COLLECT01","uuid":"12345678-0000-1111-2222-333344445555","osquery_version":"5.9.1","platform":"darwin","hostname":"mac","seen_time":"2026-11-20T08:00:00Z"}]}\n' \
            >"$dir/x.json"
        printf '{"host_id":1,"hostname":"mac","exit_code":0,"execution_id":"e","output":%s}\n' \
            "$json" >"$dir/x.results.json" ;;
    simplemdm)
        printf '{"data":[{"type":"device","id":1,"attributes":{"serial_number":"C02COLLECT01","model":"Mac14,2","status":"enrolled","enrolled_at":"2026-01-01T00:00:00Z"},"relationships":{"custom_attribute_values":{"data":[{"id":"muster-%s","attributes":{"secret":false,"value":%s}}]}}}],"has_more":false}\n' \
            "$2" "$json" >"$dir/x.json" ;;
    plain)
        if [ "$2" = all ]; then
            printf '%s\n' "$said" >"$dir/x.jsonl"
        else
            printf 'serial,Muster %s\nC02COLLECT01,"%s"\n' "$2" "$cell" \
                >"$dir/x.csv"
        fi ;;
    esac
}
for product in addigy jamf kandji fleet simplemdm plain; do
    for fact in tokens bootstrap all; do
        export_of $product $fact "$(collect sh $product $fact)"
        set --
        case $product$fact in
        plaintokens) set -- --map 'holders=Muster tokens' ;;
        plainbootstrap) set -- --map 'bootstrap_escrowed_device=Muster bootstrap' ;;
        fleetbootstrap) set -- --map bootstrap_escrowed_device=output ;;
        esac
        rm -f "$dir/x.db"
        for file in "$dir"/x.*; do
            case $file in
            *.results.json | *.csv) "$muster" ingest -q -d "$dir/x.db" \
                --as-of 2026-11-24 "$@" "$file" ;;
            *) "$muster" ingest -q -d "$dir/x.db" --as-of 2026-11-24 \
                "$file" ;;
            esac
        done 2>"$dir/said" || { cat "$dir/said"; exit 1; }
        "$muster" analyze -q -d "$dir/x.db" --as-of 2026-11-24
        case $fact in
        tokens) want='1|-' ;;
        bootstrap) want='-|absent' ;;
        all) want='1|absent' ;;
        esac
        same "$product $fact comes back" "$want" "$(sqlite3 "$dir/x.db" \
            "SELECT coalesce(sole_holder, '-'), CASE bootstrap_state WHEN
             'unknown' THEN '-' ELSE bootstrap_state END FROM device_derived")"
    done
done
echo "$n checks"
