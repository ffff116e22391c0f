# Secure-token holders, one line: admins=a,b users=c
# A holder of whom it cannot be read whether it is an administrator is named
# under holders=, an account whose token state cannot be read under unknown=.
admins='' users='' holders='' unknown=''
names=$(people)
if [ -z "$names" ]; then
    answer UNKNOWN
    exit 0
fi
old_ifs=$IFS
IFS='
'
for name in $names; do
    case $(token_of "$name") in
    enabled)
        case $(is_admin "$name") in
        true) admins=$admins${admins:+,}$name ;;
        false) users=$users${users:+,}$name ;;
        *) holders=$holders${holders:+,}$name ;;
        esac
        ;;
    unknown) unknown=$unknown${unknown:+,}$name ;;
    esac
done
IFS=$old_ifs
answer "admins=$admins users=$users${holders:+ holders=$holders}${unknown:+ unknown=$unknown}"
