# Reads only, changes nothing, sends nothing. No password is asked for or used.
# An answer that cannot be had is "unknown", never "no".
PATH=/usr/bin:/bin:/usr/sbin:/sbin
export PATH LC_ALL=C

# Accounts of people and administrators; not those of the system.
people() {
    dscl . -list /Users 2>/dev/null |
        grep -v -e '^_' -e '^daemon$' -e '^nobody$' -e '^root$' -e '^Guest$'
}

# enabled, disabled or unknown; the answer comes on standard error.
token_of() {
    case $(sysadminctl -secureTokenStatus "$1" 2>&1) in
    *"is ENABLED for user"*) echo enabled ;;
    *"is DISABLED for user"*) echo disabled ;;
    *) echo unknown ;;
    esac
}

is_admin() {
    case $(dseditgroup -o checkmember -m "$1" admin 2>/dev/null) in
    yes*) echo true ;;
    no*) echo false ;;
    *) echo null ;;
    esac
}

# The two lines of profiles: "supported" or "escrowed" -> YES, NO or nothing.
bootstrap_line() {
    profiles status -type bootstraptoken 2>/dev/null |
        sed -n "s/.*Bootstrap Token $1 [a-z]* server: *//p" |
        tr '[:lower:]' '[:upper:]' | head -n 1
}
