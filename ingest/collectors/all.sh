# Everything this Mac can say about itself, as one line of JSON.
text() { # a JSON string, or null where there is nothing
    if [ -n "$1" ]; then
        printf '"%s"' "$(printf '%s' "$1" | tr -d '\000-\037' |
            sed -e 's/\\/\\\\/g' -e 's/"/\\"/g')"
    else
        printf null
    fi
}
yes_no() { # YES and NO as JSON, anything else as null
    case $1 in
    YES | Yes | yes | true | 1) printf true ;;
    NO | No | no | false | 0) printf false ;;
    *) printf null ;;
    esac
}
record() { # an attribute of an account on one line, without its name
    dscl . -read "/Users/$1" "$2" 2>/dev/null | sed "s/^[A-Za-z:]*$2: *//" |
        tr '\n' ' ' | sed -e 's/^ *//' -e 's/ *$//'
}
hardware=$(system_profiler SPHardwareDataType 2>/dev/null)
hardware_line() {
    printf '%s\n' "$hardware" | sed -n "s/^ *$1: *//p" | head -n 1
}
filevault() { # the second line outweighs the first
    state=$(fdesetup status 2>/dev/null)
    case $state in
    *"Decryption in progress"*) printf '"decrypting"' ;;
    *"Encryption in progress"*) printf '"encrypting"' ;;
    *"Deferred enablement appears to be active"*) printf '"deferred"' ;;
    *"FileVault is On"*) printf '"on"' ;;
    *"FileVault is Off"*) printf '"off"' ;;
    *) printf null ;;
    esac
}
enrollment=$(profiles status -type enrollment 2>/dev/null)
enrolled() {
    case $enrollment in
    *"MDM enrollment: Yes"*) printf true ;;
    *"MDM enrollment: No"*) printf false ;;
    *) printf null ;;
    esac
}
approved() {
    case $enrollment in
    *"MDM enrollment: Yes (User Approved)"*) printf true ;;
    *"MDM enrollment: Yes"*) printf false ;;
    *) printf null ;;
    esac
}
enrollment_type() {
    case $enrollment in
    *"MDM enrollment: No"*) printf '"none"' ;;
    *"Enrolled via DEP: Yes"*) printf '"ade"' ;;
    *"Enrolled via DEP: No"*) printf '"manual"' ;;
    *) printf null ;;
    esac
}
crypto=$(diskutil apfs listCryptoUsers / 2>/dev/null)
unlockers=$(fdesetup list 2>/dev/null)
in_crypto() { # is this GeneratedUID a crypto user of the volume?
    if [ -z "$crypto" ] || [ -z "$1" ]; then
        printf null
    elif printf '%s\n' "$crypto" | grep -qi -- "$1"; then
        printf true
    else
        printf false
    fi
}
owner() { # the Volume Owner line that follows this GeneratedUID
    if [ -z "$1" ]; then
        printf null
        return
    fi
    case $(printf '%s\n' "$crypto" | grep -i -A 2 -- "$1" |
        sed -n 's/.*Volume Owner: *//p' | head -n 1) in
    Yes) printf true ;;
    No) printf false ;;
    *) printf null ;;
    esac
}
unlocks() {
    if [ -z "$unlockers" ]; then
        printf null
    elif printf '%s\n' "$unlockers" | cut -d, -f1 | grep -qx -- "$1"; then
        printf true
    else
        printf false
    fi
}
kind() {
    case $(record "$1" AuthenticationAuthority) in
    *";LocalCachedUser;"*) printf '"mobile"' ;;
    *";ShadowHash;"*) printf '"local"' ;;
    *) printf null ;;
    esac
}
account() {
    guid=$(record "$1" GeneratedUID)
    number=$(record "$1" UniqueID)
    case $number in '' | *[!0-9]*) number=null ;; esac
    case $(token_of "$1") in
    enabled) token=true ;;
    disabled) token=false ;;
    *) token=null ;;
    esac
    printf '{"account":%s,"full_name":%s,"uid":%s,"guid":%s,' \
        "$(text "$1")" "$(text "$(record "$1" RealName)")" "$number" \
        "$(text "$guid")"
    printf '"kind":%s,"admin":%s,"secure_token":%s,' \
        "$(kind "$1")" "$(is_admin "$1")" "$token"
    printf '"crypto_user":%s,"volume_owner":%s,"filevault_user":%s}' \
        "$(in_crypto "$guid")" "$(owner "$guid")" "$(unlocks "$1")"
}
accounts() {
    first=1
    old_ifs=$IFS
    IFS='
'
    for name in $(people); do
        [ -n "$first" ] || printf ,
        first=
        account "$name"
    done
    IFS=$old_ifs
}
all() {
    escrowed=$(bootstrap_line escrowed)
    supported=$(bootstrap_line supported)
    printf '{"serial":%s,"uuid":%s,"name":%s,"model":%s,' \
        "$(text "$(hardware_line 'Serial Number (system)')")" \
        "$(text "$(hardware_line 'Hardware UUID')")" \
        "$(text "$(scutil --get ComputerName 2>/dev/null)")" \
        "$(text "$(sysctl -n hw.model 2>/dev/null)")"
    printf '"os_version":%s,"os_build":%s,"observed_at":%s,' \
        "$(text "$(sw_vers -productVersion 2>/dev/null)")" \
        "$(text "$(sw_vers -buildVersion 2>/dev/null)")" \
        "$(text "$(date -u +%Y-%m-%dT%H:%M:%SZ)")"
    printf '"mdm_enrolled":%s,"user_approved":%s,"enrollment_type":%s,' \
        "$(enrolled)" "$(approved)" "$(enrollment_type)"
    printf '"bootstrap_supported":%s,"bootstrap_escrowed_device":%s,' \
        "$(yes_no "$supported")" "$(yes_no "$escrowed")"
    printf '"filevault":%s,' "$(filevault)"
    if [ -n "$(people)" ]; then
        printf '"accounts":[%s]}' "$(accounts)"
    else
        printf '"accounts":null}'
    fi
}
answer "$(all)"
