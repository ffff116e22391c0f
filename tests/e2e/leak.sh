#!/bin/sh
# --each-client releases a client's report exactly where it holds nothing of
# another client: every way in which a name can be written is found, and names
# that look alike, that both own, or that are words of every report are no hit.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

cd "$dir"
# One file a client, all in one folder, and one of several; the names of the
# files give other clients away.
cat >northwind-export.csv <<CSV
serial,client,name,assigned_user,assigned_email,filevault,last_checkin,os_version,site
C02NORTH1,Northwind,anna-mbp,Anna Ahlström,anna@north.example,off,2026-11-29,15.1,HQ
C02NORTH2,Northwind,Office,Bo,bo@north.example,off,2026-11-29,15.1,HQ
CSV
cat >umbra-export.csv <<CSV
serial,client,name,assigned_user,assigned_email,filevault,last_checkin,os_version,site
C02UMB,Umbra,joe-mini,Jörg Zöe,joerg@umbra.example,off,2026-11-29,15.1,Lab
C02UMBRA2,Umbra,"Zoé's ""big"" Mac, <b>",Zoé & Sons,zoe@umbra.example,on,2026-11-29,15.1,Lab
CSV
cat >C02UMBRA3.json <<JSON
[{"serial": "C02UMBRA3", "client": "Umbra", "name": "kim", "filevault": "off",
  "last_checkin": "2026-11-29", "os_version": "15.1", "accounts": [
  {"account": "kim", "full_name": "Kim Li", "secure_token": true},
  {"account": "xiu", "full_name": "\u674e \u79c0", "secure_token": false},
  {"account": "$(printf 'rene\314\201e')", "secure_token": false}]}]
JSON
cat >shared.csv <<CSV
serial,client,name,filevault,last_checkin,os_version
C02SHARE1,Northwind,shared-one,off,2026-11-29,15.1
C02SHARE2,Umbra,shared-two,off,2026-11-29,15.1
CSV
# Alike and harmless: a serial inside another's text, one account and one name
# of both, an account called as a client or as our words, two letters, a number.
cat >alike.json <<JSON
[{"serial": "XC02UMB99", "client": "Northwind", "name": "Umbrage", "filevault":
  "on", "last_checkin": "2026-11-29", "os_version": "15.1", "accounts": [
  {"account": "mspadmin", "secure_token": true, "admin": true},
  {"account": "lab", "full_name": "Northwind", "secure_token": false}]},
 {"serial": "C02UMBRA4", "client": "Umbra", "name": "MacBook Pro", "filevault":
  "on", "last_checkin": "2026-11-29", "os_version": "15.1", "accounts": [
  {"account": "mspadmin", "secure_token": true, "admin": true},
  {"account": "office", "full_name": "Office", "secure_token": true},
  {"account": "only", "full_name": "Recovery Key", "secure_token": false},
  {"account": "bo", "full_name": "HQ", "secure_token": false},
  {"account": "ab", "full_name": "15.1", "secure_token": false},
  {"account": "critical", "full_name": "Secure Token", "secure_token": false},
  {"account": "token", "full_name": "FileVault", "secure_token": false}]},
 {"serial": "C02NORTH4", "client": "Northwind", "name": "MacBook Pro",
  "model": "MacBook Pro (14-inch, 2023)", "filevault": "on",
  "last_checkin": "2026-11-29", "os_version": "15.1"}]
JSON
all=csv,json,xlsx,html,md,next,helpdesk
ends 0 '' "$muster" run -q -d m.db -o out -F $all --each-client \
    --period 2026-11 --as-of 2026-11-30 northwind-export.csv umbra-export.csv \
    C02UMBRA3.json shared.csv alike.json
files() { # CLIENT: the files that its manifest names
    jq -r '.inputs[].file' out/"$1"/*manifest.json
}
says 'alike.json
northwind-export.csv
shared.csv' files northwind
says 'C02UMBRA3.json
alike.json
shared.csv
umbra-export.csv' files umbra
if grep -rEl 'C02UMB[R"<,]|umbra-|joe-mini|rg Z' out/northwind; then
    fail 'a name of Umbra'
fi
jq -e '.leak_check | .hits == 0 and .names > 10 and .names_without_meaning > 2' \
    out/northwind/*manifest.json >/dev/null || fail 'no proof'

# A template of one's own that lets a name through, in whichever writing.
mkdir templates
refused=0
says_too() { # TEXT: templates whose page says it as well
    "$muster" init -f --templates templates >/dev/null 2>&1 ||
        fail 'no templates written'
    TEXT=$1 python3 -c 'import os
name = "templates/report.html"
page = open(name, encoding="utf-8").read()
assert "</main>" in page
page = page.replace("</main>", "<p>%s</p></main>" % os.environ["TEXT"])
open(name, "w", encoding="utf-8").write(page)'
}
leaks() { # TEXT of the page of every client, FOUND
    says_too "$1"
    rm -rf leaky
    ends 6 "$2" "$muster" report -q -d m.db -o leaky \
        --client Northwind -F html --templates templates
    grep -qF 'of client "Umbra"' stderr || fail 'not whose'
    [ ! -e leaky ] || fail "$1: something was released, or a folder left"
    refused=$((refused + 1))
}
leaks C02UMB 'the serial number "c02umb'
leaks 'as on c02umbra2.' 'the serial number "c02umbra2'
leaks 'JOE-MINI' 'the device name "joe-mini'
leaks 'J&#246;rg Z&#xF6;e' 'the person "'
leaks "$(printf 'JO\314\210RG ZO\314\210E')" 'the person "'
leaks 'J<b>ö</b>rg
   Zöe' 'the person "'
leaks 'J&#173;örg&nbsp;Zöe' 'the person "'
leaks 'Zo<i>é</i>&#39;s &quot;big&quot; Mac, &lt;b&gt;' 'the device name "'
leaks 'Zoé &amp; Sons' 'the person "'
leaks '<span title="KIM">x</span>' 'the device name "kim'
leaks '李 秀' 'the person "'
leaks 'XIU' 'the account "xiu'
leaks "$(printf 'REN\303\211E')" 'the account "'
leaks 'like UMBRA' 'the client "umbra'
leaks 'zoe@Umbra.example' 'the address "zoe@umbra.example'
harmless() { # TEXT
    says_too "$1"
    ends 0 '' "$muster" report -q -d m.db -o harmless --client Northwind \
        -F html --templates templates
}
harmless 'XC02UMB C02UMBX kimono Umbrage, Zoé&#39;s Jörg'
harmless 'mspadmin and office share ab 15.1'

# Settings: what stands under one client is searched, what stands under all is
# what every client is meant to read.
cat >contact.conf <<CONF
[report]
contact = Kim Li, the service desk
CONF
ends 0 '' "$muster" report -q -c contact.conf -d m.db -o harmless \
    --client Northwind -F html,xlsx
cat >brand.conf <<CONF
[client "Northwind"]
display_name = Umbra
CONF
ends 6 'the client "umbra" of client "Umbra"' "$muster" report -q \
    -c brand.conf -d m.db -o leaky --client Northwind -F xlsx

# A rule of one's own, which tells every client of one: none of the three
# clients but the owner has a report, the others go on.
mkdir rules
cat >rules/MY-01-mine.sql <<'SQL'
-- id: MY-01
-- title: The printer of joe-mini
-- scope: device
-- severity: low
-- uses: monthly client migration
-- loses:
-- facts: filevault
-- why: It is there.
-- fix: R0
SELECT device_id, TRUE AS applies, filevault = 'off' AS fails
  FROM device_posture
SQL
ends 0 '' "$muster" analyze -q -d m.db --rules rules --period 2026-11 \
    --as-of 2026-11-30
rm -rf out
ends 6 'Northwind: northwind-monthly-2026-11-findings.csv is not released' \
    "$muster" report -q -d m.db -o out --each-client -F csv --rules rules
[ -s out/umbra/umbra-monthly-2026-11-findings.csv ] || fail 'no report of Umbra'
[ ! -e out/northwind ] || fail 'a folder of Northwind'
# The page of all clients leads to those alone that there are.
ends 6 'is not released' "$muster" report -q -d m.db -o linked --each-client \
    -F html --rules rules
page=$(ls linked/*portfolio*.html)
tells 'href="umbra/umbra-monthly-2026-11.html"' cat "$page"
tells 'Northwind<br><span class="soft">no report was released</span>' cat "$page"
! grep -q 'href="northwind' "$page" || fail 'a link to no page'
mkdir -p kept/northwind
echo mine >kept/northwind/notes.txt
ends 6 'Northwind: northwind-monthly' "$muster" report -q -d m.db -o kept \
    --each-client -F csv --rules rules
says notes.txt ls -A kept/northwind
ends 6 'is not released' "$muster" report -q -d m.db -o deep/er/out/ \
    --client Northwind -F csv --rules rules
[ ! -e deep ] || fail 'folders made for nothing are left'
mkdir -p bare
ends 6 'is not released' "$muster" report -q -d m.db -o bare/out \
    --client Northwind -F csv --rules rules
if [ ! -d bare ] || [ -e bare/out ]; then fail 'a folder too few or many'; fi

# Recovery keys, whole or partly bold.
key=ABCD-EFGH-IJKL-MNOP-QRST-UVWX
for text in "$key" 'ABCD-EFGH-<b>IJKL</b>-MNOP-QRST-UVWX'; do
    says_too "$text"
    ends 6 'the shape of a recovery key' "$muster" report -q -d m.db -o leaky \
        --client Umbra -F html --templates templates
    grep -qF "$key" stderr && fail 'the key is told'
done

# Clients and people are called as anything is: every word of a report that
# names nobody is also a client and an account of another client, and no hit.
cat >plain.csv <<CSV
serial,client,filevault,last_checkin,os_version,chip,secure_token
C02PLAIN1,Zzyzx Quux,off,2027-01-05,15.1,apple,
CSV
for use in monthly client migration; do
    ends 0 '' "$muster" run -q -d w.db -o words -u $use -F $all \
        --client 'Zzyzx Quux' --period 2027-01 --as-of 2027-01-31 plain.csv
done
python3 - words >words.csv <<'PY'
import csv, glob, re, sys, zipfile
words = set()
for path in glob.glob(sys.argv[1] + "/*"):
    if path.endswith(".xlsx"):
        z = zipfile.ZipFile(path)
        texts = [z.read(n).decode("utf-8", "replace") for n in z.namelist()]
    else:
        texts = [open(path, encoding="utf-8").read()]
    for text in texts:
        text = re.sub("sha256-[A-Za-z0-9+/=]+|[0-9a-f]{16,}", " ", text)
        words |= {w.lower() for w in re.findall("[A-Za-z]{3,}", text)}
words -= {"zzyzx", "quux", "plain"}
assert len(words) > 1000, len(words)
macs = csv.writer(open("words-macs.csv", "w"))
macs.writerow(["serial", "client", "last_checkin", "filevault"])
out = csv.writer(sys.stdout)
out.writerow(["serial", "account", "secure_token"])
for i, w in enumerate(sorted(words | {"jan", "may", "bom", "priority"})):
    macs.writerow(["WRD%05dXZ" % i, w, "2027-01-05", "on"])
    out.writerow(["WRD%05dXZ" % i, w, "true"])
PY
ends 0 '' "$muster" ingest -q -d w.db --period 2027-01 --as-of 2027-01-31 \
    words-macs.csv words.csv
ends 0 '' "$muster" analyze -q -d w.db --period 2027-01 --as-of 2027-01-31
for use in monthly client migration; do
    ends 0 '' "$muster" report -q -f -d w.db -o words -u $use -F $all \
        --client 'Zzyzx Quux'
done

# Nor are the letters of a picture, on the page or in the workbook.
python3 - <<'PY'
import base64
png = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC")
png += b"\0" * (-len(png) % 3)
open("logo.png", "wb").write(png + base64.b64decode("+ovi/ovi") + b" ovi joy ")
PY
cat >pictured.csv <<CSV
serial,client,last_checkin,name,assigned_user
C02OVI001,Umbra,2027-01-05,ovi,joy
C02PLAIN2,Zzyzx Quux,2027-01-05,,
CSV
printf '[client "Zzyzx Quux"]\nlogo = logo.png\n' >logo.conf
ends 0 '' "$muster" ingest -q -d l.db --period 2027-01 --as-of 2027-01-31 pictured.csv
ends 0 '' "$muster" analyze -q -d l.db --period 2027-01 --as-of 2027-01-31
ends 0 '' "$muster" report -q -c logo.conf -d l.db -o pictured \
    --client 'Zzyzx Quux' -F html,xlsx
grep -q '+ovi/' pictured/*.html || fail 'the picture has no such letters'

# A Mac that goes to another client is in the changes of the one that had it.
for month in '2027-01 Umbra' '2027-02 Northwind'; do
    printf 'serial,client,last_checkin,filevault\nC02GOES01,%s,%s-05,off\n' \
        "${month#* }" "${month% *}" >goes.csv
    printf 'C02STAYS1,Umbra,%s-05,on\n' "${month% *}" >>goes.csv
    ends 0 '' "$muster" run -q -d g.db -o goes --each-client -F csv,html \
        --period "${month% *}" --as-of "${month% *}-20" goes.csv
done
grep -q 'C02GOES01,.*,gone' goes/umbra/umbra-monthly-2027-02-changes.csv ||
    fail 'the changes do not say that a Mac went'
finish
