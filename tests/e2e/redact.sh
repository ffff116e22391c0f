#!/bin/sh
# --redact leaves no name in any file: sentences, raw cells, names of files,
# reasons and owners of accepted risks, sites, the manifest. A pseudonym is the
# same in the next period and another in another client and under another key.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

cd "$dir"
cat >inv.csv <<CSV
serial,client,name,assigned_user,assigned_email,filevault,last_checkin,os_version,site,asset_tag
C02RED001,Acme,redmac-one,Rita Redding,rita@acme.example,off,DAY,15.1,Rita Redding's desk,TAG-0001
C02RED002,Acme,redmac-two,Sam Sung,sam@acme.example,off,DAY,15.1,Lab,TAG-0002
C02RED004,Birch,redmac-two,Sam Sung,sam@birch.example,off,DAY,15.1,Lab,TAG-0004
CSV
cat >C02RED002.json <<JSON
[{"serial": "C02RED002", "client": "Acme", "filevault": "off", "last_checkin":
  "DAY", "os_version": "15.1", "accounts": [
  {"account": "samsung", "full_name": "Sam Sung", "secure_token": true,
   "admin": true}, {"account": "olga", "secure_token": false, "admin": true}]}]
JSON
python3 -c 'import json
print(json.dumps([{"serial": "C02RED003", "client": "Acme", "name": "school-one",
  "filevault": "on", "last_checkin": "DAY", "os_version": "15.1", "accounts":
  [{"account": "stud%03d" % i, "full_name": "Pupil Nr%03d" % i, "admin": True,
    "secure_token": True} for i in range(90)]}]))' >school.json
cat >waivers.csv <<CSV
rule,client,serial,account,reason,owner,approved_by,ticket,expires
FV-01,Acme,C02RED002,,Sam Sung said so,Rita Redding,Olga,T-1,2027-01-31
CSV
printf '%s' 'a key that is long enough, one' >one.key
printf '%s' 'a key that is long enough, two' >two.key
judge() { # PERIOD DAY: the same Macs a month later
    mkdir "in-$1"
    for f in inv.csv C02RED002.json school.json; do
        sed "s/DAY/$2/" $f >"in-$1/$f"
    done
    ends 0 '' "$muster" run -q -d r.db -o plain -F csv --period "$1" \
        --as-of "$2" --waivers waivers.csv "in-$1"
}
judge 2026-10 2026-10-30
judge 2026-11 2026-11-29
names='redmac|rita|redding|sam sung|samsung|olga|c02red|tag-000|stud0|pupil|school-one'
grep -rqiE "$names" plain || fail 'there is nothing to hide'
all=csv,json,xlsx,html,md,next,helpdesk
hidden() { # FOLDER KEY [OPTION...]
    out=$1 key=$2
    shift 2
    ends 0 '' "$muster" report -q -d r.db -o "$out" -F $all "$@" \
        --waivers waivers.csv --redact users,serials,hostnames \
        --redact-key "$key"
    find "$out" -name '*.xlsx' -exec unzip -q -o {} -d {}.parts \;
    if grep -rliE "$names" "$out"; then
        grep -rhoiE ".{20}($names).{20}" "$out" | head -n 5
        fail "a name is left in $out"
    fi
    find "$out" | grep -iE "$names" && fail 'a file is called by a name'
    return 0
}
hidden now one.key --each-client
hidden before one.key --period 2026-10
hidden other two.key
column() { # FOLDER COLUMN: of the Macs, with their clients
    python3 - "$@" <<'PY'
import csv, glob, sys
for name in glob.glob(sys.argv[1] + "/fleet-*-devices.csv"):
    for r in csv.DictReader(open(name, encoding="utf-8", newline="")):
        print(r["client"], r[sys.argv[2]])
PY
}
for c in serial device_name assigned_user asset_tag; do
    says "$(column now $c)" column before $c
    [ "$(column now $c)" != "$(column other $c)" ] || fail "$c: any key will do"
done
# Sam Sung has a Mac at each client: two pseudonyms.
[ "$(column now device_name | cut -d' ' -f2 | sort -u | wc -l)" = 4 ] ||
    fail 'one pseudonym in two clients'
# One person is one pseudonym, in cells, sentences and reasons alike.
sam=$(python3 -c 'import csv
for r in csv.DictReader(open("now/fleet-monthly-2026-11-devices.csv",
                             encoding="utf-8", newline="")):
    if r["client"] == "Acme" and r["site"] == "Lab":
        print(r["assigned_user"])')
tells "$sam said so,user-" cat now/fleet-monthly-2026-11-waivers.csv
tells '.json' jq -r '.inputs[].file' now/fleet-monthly-2026-11-manifest.json
tells 'inv.csv' jq -r '.inputs[].file' now/fleet-monthly-2026-11-manifest.json

# Only what is asked for, and nothing without a key.
ends 0 '' "$muster" report -q -d r.db -o some -F csv --redact serials \
    --redact-key one.key
tells 'redmac-one' cat some/fleet-monthly-2026-11-devices.csv
grep -rq C02RED some && fail 'a serial number'
ends 2 'needs --redact-key' "$muster" report -q -d r.db -o none -F csv \
    --redact users

# Custom facts are hidden value by value, whatever quotes a name has, and so are
# names of other Macs in them.
cat >notes.csv <<'CSV'
serial,name,assigned_user,client,filevault,last_checkin,os_version,Note
C02NOTE01,mac-one,annika,Acme,off,2026-11-29,15.1,"annika's ""x"" \ here"
C02NOTE02,mac-two,"""quoted""",Acme,off,2026-11-29,15.1,"say ""quoted"" to annika"
C02NOTE03,mac-tri,"\",Acme,off,2026-11-29,15.1,"a \ b"
CSV
ends 0 '' "$muster" run -q -d notes.db -o plain -F csv --keep Note \
    --as-of 2026-11-30 notes.csv
ends 0 '' "$muster" report -q -d notes.db -o notes -F csv,json,html,xlsx \
    --redact users --redact-key one.key
notes() {
    python3 - <<'PY'
import csv, re
rows = list(csv.DictReader(open("notes/fleet-monthly-2026-11-devices.csv",
                                encoding="utf-8", newline="")))
who = [r["assigned_user"] for r in rows]
assert len(set(who)) == 3 and all(re.fullmatch("user-[0-9a-f]{12}", w) for w in who)
for r in rows:
    print(*[p for p in [r["x_note"]]][0].replace(who[0], "A").replace(who[1], "B")
          .replace(who[2], "C").split(" "))
PY
}
says "A's \"x\" \\ here
say B to A
a C b" notes

# Macs, desks and tags are called after people: their names go from there too,
# as whole words, also without the name of the Mac being asked for. Words of the
# trade stay, and so does what only looks like a name.
cat >called.csv <<'CSV'
serial,client,name,assigned_user,assigned_email,filevault,last_checkin,os_version,site,asset_tag
C02CALL01,Acme,Anna’s MacBook Pro,,,off,DAY,15.1,,anna-mbp
C02CALL02,Acme,Bernds-MacBook-Air,Bernd Berg,,off,DAY,15.1,Desk of berg,BERG_2
C02CALL03,Acme,it-kit-03 (C02CALL03),,,off,DAY,15.1,,IT 3
C02CALL04,Acme,安娜的MacBook,,bo.lind@acme.example,off,DAY,15.1,Lind's,
C02CALL05,Acme,JÖRG mac mini pro 5,Jörg Mini,,off,DAY,15.1,anna's old desk,T-5
C02CALL06,Acme,Bo's iMac - Boston,Bo Ek,,off,DAY,15.1,Bo Street,
CSV
cat >called-accounts.csv <<'CSV'
serial,account,full_name,uid,kind,secure_token
C02CALL01,anna,Anna Ahlberg,501,local,true
C02CALL02,bberg,,501,local,true
C02CALL03,it,IT Support,501,local,true
C02CALL04,lina,安娜,501,local,true
C02CALL06,pro,Local Admin,501,local,true
CSV
called() { # PERIOD DAY
    sed "s/DAY/$2/" called.csv >"called-$1.csv"
    ends 0 '' "$muster" run -q -d c.db -o plain -F csv --period "$1" \
        --as-of "$2" "called-$1.csv" called-accounts.csv
    ends 0 '' "$muster" report -q -d c.db -o "called-$1" -F $all --period "$1" \
        --redact users --redact-key one.key
}
called 2026-10 2026-10-30
called 2026-11 2026-11-29
shown() { # PERIOD: who is called what, pseudonyms by whose they are
    python3 - "called-$1" "$1" <<'PY'
import csv, re, sys
def rows(what):
    return list(csv.DictReader(open("%s/fleet-monthly-%s-%s.csv" % (sys.argv[1],
        sys.argv[2], what), encoding="utf-8", newline="")))
known = {}
for r in rows("accounts"):
    known.setdefault(r["account"], "ACCOUNT" + r["serial"][-1])
    known.setdefault(r["full_name"], "PERSON" + r["serial"][-1])
for r in rows("devices"):
    known.setdefault(r["assigned_user"], "USER" + r["serial"][-1])
for r in rows("devices"):
    print(r["serial"], "|".join(re.sub("user-[0-9a-f]{12}", lambda m: known.get(
        m[0], "OTHER"), r[k]) for k in ("device_name", "asset_tag", "site")))
PY
}
for period in 2026-10 2026-11; do
    says "C02CALL01 ACCOUNT1’s MacBook Pro|ACCOUNT1-mbp|
C02CALL02 USER2-MacBook-Air|USER2_2|Desk of USER2
C02CALL03 ACCOUNT3-kit-03 (C02CALL03)|ACCOUNT3 3|
C02CALL04 PERSON4的MacBook||OTHER's
C02CALL05 USER5 mac mini pro 5|T-5|ACCOUNT1's old desk
C02CALL06 USER6's iMac - Boston||Bo Street" shown $period
done
find called-2026-11 -name '*.xlsx' -exec unzip -q -o {} -d {}.parts \;
left='anna|bernd|bberg|安娜|jörg|JÖRG|bo.s imac|lina'
if grep -rlEi "$left" called-2026-11; then
    grep -rhoE -i ".{20}($left).{20}" called-2026-11 | head -n 5
    fail 'a name is left'
fi
# Of serial numbers alone: those in the names of Macs.
ends 0 '' "$muster" report -q -d c.db -o called-serials -F csv,html \
    --redact serials --redact-key one.key
tells 'it-kit-03 (SN' cat called-serials/fleet-monthly-2026-11-devices.csv
grep -rq C02CALL called-serials && fail 'a serial number'
finish
