#!/bin/sh
# What people write into the Findings sheet of a workbook comes back: owner, due
# date, comment and accepted risks hold in the next period.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

cd "$dir"
devices() { # NAME LAST-CHECKIN: the same four Macs, as of a period
    cat >"$1" <<CSV
serial,client,filevault,last_checkin,os_version
C02WORK001,Northwind,off,$2,15.1
C02WORK002,Northwind,off,$2,15.1
C02WORK003,Umbra,off,$2,15.1
C02WORK004,Umbra,$3,$2,15.1
CSV
}
columns() { # FILE NAME...: those columns of a CSV, joined by bars, sorted
    python3 - "$@" <<'PY'
import csv, sys
rows = csv.DictReader(open(sys.argv[1], encoding="utf-8", newline=""))
print("\n".join(sorted("|".join(r[n] for n in sys.argv[2:]) for r in rows
                       if r["rule"] == "FV-01")))
PY
}
# The Findings sheet of a workbook as a spreadsheet saves it; "python" edits the
# rows, each a dict by its headers.
saved() { # XLSX OUT DELIMITER BOM PYTHON
    rm -rf x
    mkdir x
    (cd x && unzip -q "../$1")
    python3 - "$@" <<'PY'
import csv, datetime, re, sys
import xml.etree.ElementTree as T
xlsx, out, delimiter, bom, edit = sys.argv[1:6]
n = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
shared = ["".join(t.text or "" for t in s.iter(n + "t"))
          for s in T.parse("x/xl/sharedStrings.xml").getroot()]
book = T.parse("x/xl/workbook.xml").getroot()
names = [s.get("name") for s in book.iter(n + "sheet")]
sheet = T.parse("x/xl/worksheets/sheet%d.xml" % (names.index("Findings") + 1))


def text(c):
    v = c.find(n + "v")
    if c.get("t") == "inlineStr":
        return "".join(t.text or "" for t in c.iter(n + "t"))
    if v is None:
        return ""
    if c.get("t") == "s":
        return shared[int(v.text)]
    if c.get("t") == "str" or head[column(c)] not in (
            "Due", "Last checkin", "First seen", "Waiver expires"):
        return v.text
    day = datetime.datetime(1899, 12, 30) + datetime.timedelta(float(v.text))
    return day.strftime("%Y-%m-%d %H:%M")


def column(c):
    k = 0
    for letter in re.match("[A-Z]+", c.get("r")).group():
        k = k * 26 + ord(letter) - 64
    return k - 1


head, rows = {}, []
for r in sheet.iter(n + "row"):
    cells = {column(c): c for c in r}
    if not head:
        head = {k: text(c) for k, c in cells.items() if c.get("t") == "s"}
        continue
    rows.append({head[k]: text(cells[k]) if k in cells else ""
                 for k in sorted(head)})
for row in rows:
    exec(edit)
with open(out, "w", encoding="utf-8-sig" if bom == "bom" else "utf-8",
          newline="") as f:
    w = csv.DictWriter(f, [head[k] for k in sorted(head)], delimiter=delimiter)
    w.writeheader()
    w.writerows(rows)
PY
}
findings=out/fleet-monthly-2026-11-findings.csv
book=fleet-monthly-2026-10.xlsx
devices oct.csv 2026-10-30 off
devices nov.csv 2026-11-29 on
ends 0 '' "$muster" run -q -d m.db -o out -F csv,xlsx --period 2026-10 \
    --as-of 2026-10-31 oct.csv
head -n 1 out/fleet-monthly-2026-10-findings.csv | tr -d '\r' |
    grep -q ',source_line,owner,due,comment$' || fail 'no columns at the end'
saved out/$book sheet.csv , '' '
mine = row["Rule"] == "FV-01"
if mine and row["Serial"] == "C02WORK001":
    row.update(Owner="Jo Weber", Due="2026-12-31 00:00",
               Decision="accept risk", Comment="a kiosk; no \"data\"")
if mine and row["Serial"] == "C02WORK002":
    row.update(Owner=" Max ", Due="2026-12-01", Decision="Fix")
if mine and row["Serial"] == "C02WORK004":
    row.update(Comment="was fixed")
'
rows=$(python3 -c 'import csv
print(sum(1 for r in csv.reader(open("sheet.csv", newline=""))))')
ends 0 "sheet.csv: findings-sheet: $((rows - 1)) records, 3 accepted, 0 rejected, $((rows - 4)) not filled in left out" \
    "$muster" ingest -d m.db --as-of 2026-10-31 sheet.csv

# The next period has it, for findings that are still open.
ends 0 '' "$muster" run -q -d m.db -o out -F csv,xlsx,json --period 2026-11 \
    --as-of 2026-11-30 nov.csv
says 'C02WORK001|Jo Weber|2026-12-31|a kiosk; no "data"|true
C02WORK002|Max|2026-12-01||false
C02WORK003||||false' columns $findings serial owner due comment waived
says 'Jo Weber 2026-12-31 a kiosk; no "data"
Max 2026-12-01 null' jq -r 'select(.rule == "FV-01" and .owner)
    | "\(.owner) \(.due) \(.comment)"' out/fleet-monthly-2026-11-findings.jsonl
says 'C02WORK001|a kiosk; no "data"|Jo Weber|2026-12-31' sqlite3 m.db \
    "SELECT serial, reason, owner, date(expires, 'unixepoch') FROM waiver
      WHERE period_id = (SELECT max(period_id) FROM run)"

# Tickets end in who has them and until when.
ends 0 '' "$muster" report -q -d m.db -o next -F next --period 2026-11
says 'C02WORK002 Max 2026-12-01' python3 -c 'import csv, glob
for r in csv.DictReader(open(glob.glob("next/*tickets*.csv")[0], newline="")):
    if r["owner"]:
        print(r["serial"], r["owner"], r["due"])'

# The sheet shows it again, as cells of its columns; saved once more it says the
# same, with semicolons and a byte order mark too.
saved out/fleet-monthly-2026-11.xlsx again.csv ';' bom 'pass'
says 'C02WORK001|Jo Weber|2026-12-31 00:00|accept risk|a kiosk; no "data"
C02WORK002|Max|2026-12-01 00:00|fix|
C02WORK003||||' python3 -c 'import csv
for r in sorted(csv.DictReader(open("again.csv", encoding="utf-8-sig",
                newline=""), delimiter=";"), key=lambda r: r["Serial"]):
    if r["Rule"] == "FV-01":
        print("|".join(r[n] for n in ("Serial", "Owner", "Due", "Decision",
                                      "Comment")))'
sed 's/;Max;2026-12-01 00:00;fix;/;Ada;2027-01-15;ask;later/' again.csv \
    >newer.csv
ends 0 ', 2 accepted, 0 rejected' \
    "$muster" ingest -d m.db --as-of 2026-11-30 newer.csv
tells semicolon sqlite3 m.db 'SELECT notes FROM import ORDER BY import_id'
ends 0 '' "$muster" report -q -d m.db -o out -F csv --period 2026-11
says 'C02WORK001|Jo Weber|2026-12-31|a kiosk; no "data"
C02WORK002|Ada|2027-01-15|later
C02WORK003|||' columns $findings serial owner due comment
# The period before keeps what was said then.
ends 0 '' "$muster" report -q -d m.db -o out -F csv --period 2026-10
says 'C02WORK001|Jo Weber|2026-12-31
C02WORK002|Max|2026-12-01
C02WORK003||
C02WORK004||' columns out/fleet-monthly-2026-10-findings.csv serial owner due
# ... and dropping its facts drops nothing of it.
cp m.db pruned.db
ends 0 '' "$muster" prune -q -d pruned.db --keep 1
ends 0 '' "$muster" report -q -d pruned.db -o pruned -F csv --period 2026-11
tells 'Jo Weber' cat pruned/fleet-monthly-2026-11-findings.csv

# The same file again does nothing.
ends 0 'already in period' \
    "$muster" ingest -d m.db --as-of 2026-11-30 newer.csv

# What cannot be read is rejected with its place; the other rows count.
key=ABCD-EFGH-IJKL-MNOP-QRST-UVWX
id() { # SERIAL
    columns $findings serial finding_id | sed -n "s/^$1|//p"
}
one=$(id C02WORK001) two=$(id C02WORK002) three=$(id C02WORK003)
cat >bad.csv <<CSV
Client,Serial,Rule,Account,Finding id,Owner,Due,Decision,Comment
Northwind,C02WORK001,FV-01,,$one,Jo,31.12.2026,,
Northwind,C02WORK002,FV-01,,$two,,,accept risk,why
Umbra,C02WORK003,FV-01,,$three,Eve,,,"the key is $key"
Umbra,C02WORK003,FV-01,,1.2E+15,Eve,,,
Umbra,C02WORK003,FV-01,,$three,Eve,,,once more
Umbra,C02WORK003,FV-01,,$three,Eve,,
CSV
ends 0 'bad.csv: findings-sheet: 6 records, 1 accepted, 5 rejected' \
    "$muster" ingest -d m.db --as-of 2026-11-30 bad.csv
for text in 'bad.csv:2:7: Due: expected a date as 2026-11-30' \
    'bad.csv:3:8: Decision: an accepted risk needs Owner, Due and Comment' \
    'bad.csv:5:5: expected a finding id' \
    'bad.csv:6:5: the finding is there twice' \
    'bad.csv:7: expected 9 cells, found 8' \
    'warning: 1 cell has the shape of a secret: withheld'; do
    grep -qF "$text" stderr || fail "no \"$text\""
done
says '2|7|Due: expected a date as 2026-11-30' sqlite3 m.db \
    'SELECT line, col, reason FROM reject ORDER BY line LIMIT 1'
says 'Eve|(withheld)' sqlite3 m.db \
    "SELECT owner, comment FROM work WHERE finding_id = '$three'"
grep -qa "$key" m.db && fail 'the store has a recovery key'

# No client sees another's: a row holds for the client that it names, whoever
# has the Mac, and a client's own file speaks of its findings alone.
cat >other.csv <<CSV
Client,Serial,Rule,Account,Finding id,Owner,Due,Decision,Comment
Umbra,C02WORK002,FV-01,,$two,Mallory,2026-12-24,accept risk,of another
CSV
ends 4 "other.csv:2:1: a finding of another client than the file's" \
    "$muster" ingest -d m.db --as-of 2026-11-30 --client Northwind other.csv
check other "$muster" ingest -q -d m.db --as-of 2026-11-30 other.csv
ends 0 '' "$muster" run -q -d m.db -o out -F csv,xlsx,json --each-client \
    --period 2026-11 --as-of 2026-11-30 nov.csv
says 'C02WORK001|Jo Weber|true
C02WORK002|Ada|false
C02WORK003|Eve|false' columns $findings serial owner waived
[ -s out/northwind/northwind-monthly-2026-11-findings.csv ] ||
    fail 'no report of the client'
grep -rq 'Mallory' out/northwind && fail "another client's name"

# A store of an earlier version gets what it lacks when it is written to.
cp m.db old.db
sqlite3 old.db 'DROP TABLE account_alias; DROP TABLE import_page;
    DROP INDEX account_row_nameless; PRAGMA user_version=4'
check four "$muster" analyze -q -d old.db --period 2026-11 --as-of 2026-11-30
cp m.db old.db
sqlite3 old.db 'DROP TABLE work; DROP TABLE account_alias; DROP TABLE import_page;
    DROP INDEX account_row_nameless; PRAGMA user_version=3'
ends 1 'has store version 3, expected 5' \
    "$muster" report -q -d old.db -o old --period 2026-11
ends 0 ', 2 accepted, 0 rejected' \
    "$muster" ingest -d old.db --period 2026-12 --as-of 2026-12-31 newer.csv
check old "$muster" report -q -d old.db -o old -F csv --period 2026-11
finish
