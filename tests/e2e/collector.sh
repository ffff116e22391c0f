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
echo "$n checks"
