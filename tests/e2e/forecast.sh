#!/bin/sh
# muster forecast: every row of the table from facts as exports give them.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

# The number of a Mac is the row of the table that fits its account anna.
cat >"$dir/devices.csv" <<'CSV'
serial,client,name,os_version,chip,observed_at,last_checkin,mdm_enrolled,filevault,bootstrap_escrowed_device,bootstrap_escrowed_server,eacs_preflight,recovery_key_escrowed,recovery_key_validity,platform_sso
C02FORE001,Northwind,one,10.12.6,intel,2026-11-20,2026-11-29,yes,on,no,no,,yes,valid,
C02FORE002,Northwind,two,15.1,apple,2026-10-01,2026-10-15,yes,on,yes,yes,success,yes,valid,
C02FORE003,Northwind,three,15.1,apple,2026-11-20,2026-11-29,yes,on,yes,yes,success,yes,valid,
C02FORE005,Northwind,five,15.1,apple,2026-11-20,2026-11-29,yes,on,yes,yes,success,yes,valid,
C02FORE006,Northwind,six,15.1,apple,2026-11-20,2026-11-29,yes,on,yes,yes,success,yes,valid,
C02FORE007,Northwind,seven,15.1,apple,2026-11-20,2026-11-29,yes,,yes,no,,yes,valid,
C02FORE008,Northwind,eight,26.1,apple,2026-11-20,2026-11-29,yes,on,yes,yes,success,yes,valid,
C02FORE009,Northwind,nine,26.1,apple,2026-11-20,2026-11-29,yes,on,yes,yes,success,yes,,
C02FORE010,Northwind,ten,26.1,apple,2026-11-20,2026-11-29,yes,off,yes,yes,success,,,
C02FORE011,Northwind,eleven,15.1,apple,2026-11-20,2026-11-29,yes,on,yes,yes,success,yes,valid,none
C02FORE012,Northwind,twelve,15.1,apple,2026-11-20,2026-11-29,yes,on,yes,yes,,yes,valid,password
C02FORE022,Northwind,twenty-two,15.1,apple,2026-11-20,2026-11-29,yes,on,yes,yes,,no,,
C02FORE013,Northwind,thirteen,15.1,apple,2026-11-20,2026-11-29,yes,off,yes,yes,success,,,
C02FORE014,Northwind,fourteen,15.1,apple,2026-11-20,2026-11-29,yes,encrypting,no,no,,no,,
C02FORE015,Northwind,fifteen,15.1,apple,2026-11-20,2026-11-29,yes,off,no,no,,no,,
C02FORE016,Northwind,sixteen,15.1,apple,2026-11-20,2026-11-29,yes,on,no,no,,yes,valid,
C02FORE017,Northwind,seventeen,15.1,apple,2026-11-20,2026-11-29,yes,on,no,no,,no,,
C02FORE018,Northwind,eighteen,15.1,apple,2026-11-20,2026-11-29,yes,off,no,no,,no,,
C02FORE020,Northwind,twenty,15.1,apple,2026-11-20,2026-11-29,yes,,no,no,,no,,password
C02FORE021,Northwind,twenty-one,15.1,apple,2026-11-20,2026-11-29,yes,off,no,no,,no,,password
C02FORE019,Northwind,nothing,15.1,apple,2026-11-20,2026-11-29,yes,on,no,no,,no,,
CSV
{
    echo 'serial,account,full_name,uid,kind,admin,secure_token,crypto_user,password_known_by,laps,observed_at,former_password_known'
    for n in 001 002 009 010 011 012 013 016 017 018 020 021 022; do
        echo "C02FORE$n,anna,Anna Ash,501,local,no,yes,yes,user,no,2026-11-20,"
    done
    echo 'C02FORE003,anna,Anna Ash,501,local,no,no,no,user,no,2026-11-20,'
    echo 'C02FORE005,anna,Anna Ash,501,local,no,yes,yes,user,yes,2026-11-20,'
    echo 'C02FORE006,anna,Anna Ash,501,local,no,yes,no,user,no,2026-11-20,'
    echo 'C02FORE007,anna,Anna Ash,501,local,no,,,user,no,2026-11-20,'
    for n in 008 014 015; do
        echo "C02FORE$n,anna,Anna Ash,501,local,no,yes,yes,user,no,2026-11-20,yes"
        echo "C02FORE$n,it,,502,local,yes,yes,yes,admin,no,2026-11-20,"
    done
    echo 'C02FORE011,dora,Dora Dale,503,network,no,no,no,user,no,2026-11-20,'
    echo 'C02FORE017,it,,502,local,yes,yes,yes,,no,2026-11-20,'
} >"$dir/accounts.csv"
db=$dir/m.db
check ingest "$muster" ingest -q -d "$db" --as-of 2026-11-30 \
    "$dir/devices.csv" "$dir/accounts.csv"
ends 2 'nothing has been judged yet' "$muster" forecast -d "$db" C02FORE001
check analyze "$muster" analyze -q -d "$db" --as-of 2026-11-30

for n in 1 2 3 5 6 7 8 9 10 11 12 13 14 15 16 17 18; do
    serial=$(printf 'c02fore%03d' "$n")
    check "row $n" "$muster" forecast -d "$db" --json "$serial" anna
    jq -e --argjson n "$n" '.accounts[0].row == $n and
        (.accounts[0].reason | length) > 0' "$dir/stdout" >"$dir/jq" ||
        fail "row $n is another one"
done
check 'row 4' "$muster" forecast -d "$db" --json --by admin C02FORE014 anna
jq -e '.accounts[0].row == 4 and .accounts[0].verdict == "safe"' \
    "$dir/stdout" >"$dir/jq" || fail 'row 4 is another one'

# Nobody else can: the way is said not to be open, whatever would happen else.
check 'no admin' "$muster" forecast -d "$db" --json --by admin C02FORE011 anna
jq -e '.accounts[0] | .way_open == false and .verdict == "login-first"' \
    "$dir/stdout" >"$dir/jq" || fail 'a way that is not open'
tells 'This way is not open' "$muster" forecast -d "$db" --by admin C02FORE011 anna
tells 'Whether another token admin could help is not known' \
    "$muster" forecast -d "$db" --by admin C02FORE017 anna
tells 'No other token admin is known, so as' \
    "$muster" forecast -d "$db" --by admin C02FORE014
for by in mdm idp recovery admin; do
    check "$by" "$muster" forecast -d "$db" --by $by C02FORE014 anna
    if grep -q 'not open' "$dir/stdout"; then
        fail "$by: the way is open"
    fi
done
# The only holder, an unproven token and no key: a risk, and why it is one.
tells 'LOCKOUT RISK if the management server' \
    "$muster" forecast -d "$db" C02FORE022 anna
tells 'no recovery key that is known to be valid' \
    "$muster" forecast -d "$db" C02FORE022 anna
tells 'Do not reset it; store a valid recovery key, or prove' \
    "$muster" forecast -d "$db" C02FORE022 anna
# A key that nobody has tested is not at hand yet.
tells 'Test the stored recovery key before anybody travels' \
    "$muster" forecast -d "$db" --by recovery C02FORE009 anna

# A reset is open already: the way on is the login, or the former password, and
# no second reset. A Mac without FileVault asks for nothing.
cat >"$dir/open-macs.csv" <<'CSV'
serial,client,os_version,chip,last_checkin,last_boot,mdm_enrolled,filevault,bootstrap_escrowed_device,bootstrap_escrowed_server,eacs_preflight,recovery_key_escrowed,recovery_key_validity
C02OPEN0001,Northwind,15.1,apple,2026-11-29,2026-11-20,yes,on,yes,yes,success,yes,valid
C02OPEN0002,Northwind,15.1,apple,2026-11-29,2026-11-28,yes,on,yes,yes,success,yes,valid
C02OPEN0003,Northwind,15.1,apple,2026-11-29,2026-11-28,yes,off,yes,yes,success,yes,valid
C02OPEN0004,Northwind,15.1,apple,2026-11-01,2026-11-28,yes,on,yes,yes,success,yes,valid
CSV
{
    echo 'serial,account,kind,role,admin,secure_token,last_login,password_reset_at,password_reset_by'
    for n in 1 2 3 4; do
        echo "C02OPEN000$n,anna,local,primary,no,yes,2026-11-10,2026-11-25,mdm"
        echo "C02OPEN000$n,bo,local,primary,no,yes,2026-11-26,2026-11-25,mdm"
    done
} >"$dir/open-people.csv"
check open "$muster" run -q -d "$dir/open.db" -o "$dir/open" -F helpdesk \
    --as-of 2026-11-30 "$dir/open-macs.csv" "$dir/open-people.csv"
again='Do not reset it again: it was reset already and'
for by in mdm idp admin; do
    check "$by" "$muster" forecast -d "$dir/open.db" --json --by $by C02OPEN0001
    jq -e --arg s "$again no login since" '.accounts | (.[0].instead |
        startswith($s)) and (.[1].instead | startswith($s) | not) and
        map(.reset_open) == [true, false]' "$dir/stdout" >"$dir/jq" ||
        fail "$by: another reset"
done
for n in 2 4; do
    check "restarted $n" "$muster" forecast -d "$dir/open.db" --json C02OPEN000$n anna
    jq -e --arg s "$again the Mac has restarted since" '.accounts[0].instead |
        startswith($s)' "$dir/stdout" >"$dir/jq" || fail "restarted: $n"
done
check 'FileVault off' "$muster" forecast -d "$dir/open.db" C02OPEN0003 anna
if grep -q 'again' "$dir/stdout"; then
    fail 'FileVault off'
fi
check recovery "$muster" forecast -d "$dir/open.db" --by recovery C02OPEN0002 anna
if grep -q 'again:' "$dir/stdout"; then
    fail 'recoveryOS is a way out'
fi
checks=$((checks + 1))
grep -q "$again the Mac has" "$dir"/open/*-helpdesk.html ||
    fail 'the help desk is told to reset again'

# The whole answer: age, what to do instead, why, what is missing, the checks.
says 'C02FORE017 (seventeen), account anna
Facts of 2026-11-20, 11 days old; last check-in 2026-11-29

LOCKOUT RISK if the management server resets this password

Do this instead
  Do not reset it; store a valid recovery key and the bootstrap token first.

Why
  The token is lost, nobody can grant a new one, and no valid recovery key is
  at hand: erasing may be all that is left.
  Whether another token admin could help is not known: taken as none.

Not known
  password_known_by: who knows the passwords of token admins
    an accounts file: serial,account,password_known_by - or names in [accounts]
    of muster.conf

Before any reset
  bootstrap token  not stored
  recovery key     not stored with the server
  restart          ask: is one pending, or an update deadline?
  the person       ask: at the Mac, and on the network?
  former password  ask: is it still known?

Check afterwards
  sysadminctl -secureTokenStatus anna 2>&1
  sudo fdesetup list' "$muster" forecast -d "$db" C02FORE017 ANNA

# A fact that is not known is named, with the way to get it.
check 'row 7' "$muster" forecast -d "$db" --json C02FORE007 anna
jq -e '.schema == "muster.forecast/1" and .by == "mdm" and
    .accounts[0].verdict == "unknown" and
    (.accounts[0].missing | map(.fact)) == ["secure_token", "filevault",
     "bootstrap_escrowed_device", "bootstrap_escrowed_server"] and
    (.accounts[0].missing | all(.how != ""))' "$dir/stdout" >"$dir/jq" ||
    fail 'the missing facts are others'
tells 'Facts of 2026-10-01, 61 days old; last check-in 2026-10-15' \
    "$muster" forecast -d "$db" C02FORE002 anna
tells 'NOT KNOWN if the management server' \
    "$muster" forecast -d "$db" C02FORE002 anna
tells 'This is the last token of the Mac.' \
    "$muster" forecast -d "$db" C02FORE016 anna
tells 'on macOS 26 a proof and not the flag' \
    "$muster" forecast -d "$db" C02FORE009 anna
tells "(one vendor's statement)" "$muster" forecast -d "$db" C02FORE008 anna
tells 'former password  still known' "$muster" forecast -d "$db" C02FORE008 anna

# What is safe asks for nothing; what has no token says so.
check safe "$muster" forecast -d "$db" C02FORE003 anna
if grep -q 'Before any reset' "$dir/stdout"; then
    fail 'a safe reset asks for checks'
fi
tells 'NO TOKEN HERE if' "$muster" forecast -d "$db" C02FORE001 anna

# Elsewhere: the identity provider, and recoveryOS.
tells 'NOT KNOWN if the identity provider resets this password' \
    "$muster" forecast -d "$db" --by idp C02FORE011 anna
tells 'platform_sso' "$muster" forecast -d "$db" --by idp C02FORE016 anna
tells 'LOG IN FIRST if the identity provider' \
    "$muster" forecast -d "$db" --by idp C02FORE012 anna
tells 'NO TOKEN HERE' "$muster" forecast -d "$db" --by idp C02FORE011 dora
tells 'SAFE if this password is reset in recoveryOS' \
    "$muster" forecast -d "$db" --by recovery C02FORE016 anna
tells 'CANNOT BE DONE if this password' \
    "$muster" forecast -d "$db" --by recovery C02FORE017 anna
# A token that is broken already follows no provider.
tells 'NOT KNOWN if the identity provider' \
    "$muster" forecast -d "$db" --by idp C02FORE006 anna
tells 'Repair the token first' \
    "$muster" forecast -d "$db" --by idp C02FORE006 anna
# With FileVault off no window asks for the old password.
tells 'probably asks' "$muster" forecast -d "$db" --by idp C02FORE012 anna
check 'FileVault off' "$muster" forecast -d "$db" --json --by idp C02FORE021 anna
jq -e '.accounts[0] | .verdict == "login-first" and
    (.reason | test("FileVault is off"))' "$dir/stdout" >"$dir/jq" ||
    fail 'with FileVault off nobody is asked for the old password'
# A working key is stored: whether FileVault is on does not matter. None is:
# then all hangs on it.
tells 'SAFE if this password is reset in recoveryOS' \
    "$muster" forecast -d "$db" --by recovery C02FORE007 anna
check 'recovery not known' "$muster" forecast -d "$db" --json --by recovery \
    C02FORE020 anna
jq -e '.accounts[0] | .verdict == "unknown" and
    (.missing | map(.fact)) == ["filevault"]' "$dir/stdout" >"$dir/jq" ||
    fail 'recoveryOS: what is not known is something else'

# All accounts of a Mac, a line each.
says 'C02FORE014 (fourteen)
Facts of 2026-11-20, 11 days old; last check-in 2026-11-29
What happens if the management server resets this password:

  anna     LOCKOUT RISK   Reset it with a token admin'"'"'s credential instead;
                          otherwise let that admin grant a new token before any
                          restart
  it       LOCKOUT RISK   Do not reset it; store a valid recovery key and the
                          bootstrap token first

Name an account to see why, and what to check.' \
    "$muster" forecast -d "$db" C02FORE014

# The page of the help desk answers as the command does, for every account.
check 'help desk' "$muster" report -q -d "$db" -o "$dir/desk" -F helpdesk
page=$(echo "$dir"/desk/*-helpdesk.html)
sed -n '/^<script.*data-rows="macs"/,/^]/p' "$page" | sed '1d;$d;s/,$//' >"$dir/macs"
sed -n '/id="answers"/,/^]/p' "$page" | sed '1s/.*/[/;$s/.*/]/' >"$dir/answers"
asked=0
while read -r serial; do
    for by in mdm idp; do
        "$muster" forecast -d "$db" --json --by $by "$serial" |
            jq -c '.accounts[] | [.account, .verdict, .reason, .instead,
                .last_token, (.read_at // "" | .[0:10])]' | sort >"$dir/command"
        jq -c --arg s "$serial" --slurpfile a "$dir/answers" --arg by $by \
            'select(.[0] == $s) | .[6][] | . as $x |
            $a[0][if $by == "mdm" then .[3] else .[4] end] |
            [$x[0], .[0], .[1], .[2], .[3] == 1,
             ($x[2] // empty | . * 86400 | strftime("%Y-%m-%d"))]' \
            "$dir/macs" | sort >"$dir/desk-says"
        cmp -s "$dir/command" "$dir/desk-says" || {
            diff "$dir/command" "$dir/desk-says"
            fail "the help desk says something else of $serial by $by"
        }
        asked=$((asked + 1))
    done
done <<SERIALS
$("$muster" query -q -d "$db" \
    'SELECT DISTINCT device_serial FROM account_posture' |
    tail -n +2 | tr -d '\r')
SERIALS
[ "$asked" -ge 34 ] || fail "only $asked Macs were compared"
if grep -qE 'northwind|502|escrow|15\.1|valid|2026-11-20T' "$dir/macs"; then
    fail 'the page holds more than it needs'
fi

ends 2 'no Mac has the serial number "C02NOSUCH1"' \
    "$muster" forecast -d "$db" C02NOSUCH1
ends 2 'no account of C02FORE019 is known' \
    "$muster" forecast -d "$db" C02FORE019
ends 2 'C02FORE014 has no account "zoe"' \
    "$muster" forecast -d "$db" C02FORE014 zoe
ends 2 'there is no way "magic"' \
    "$muster" forecast -d "$db" --by magic C02FORE014 anna
ends 2 'name one serial number' "$muster" forecast -d "$db"
finish
