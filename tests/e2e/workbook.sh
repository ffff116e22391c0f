#!/bin/sh
# Each sheet of rows of a workbook is one native table over exactly its cells,
# with what a spreadsheet demands of tables; columns for people to fill in stand
# only where they come back.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

cd "$dir"
cat >macs.csv <<CSV
serial,client,filevault,last_checkin,os_version,Cost Centre
C02BOOK001,Northwind,off,2026-11-29,15.1,"A ""1"" & <2>"
C02BOOK002,Northwind,off,2026-11-29,15.1,
C02BOOK003,Umbra,on,2026-11-29,15.1,7
CSV
# What tables must be, read from the parts of the file; prints them by sheet.
tables() { # XLSX
    python3 - "$1" <<'PY'
import posixpath, re, sys, zipfile
import xml.etree.ElementTree as T
main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
rel = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
kinds = T.fromstring(z.read("[Content_Types].xml"))
typed = {o.get("PartName") for o in kinds if "table+xml" in (o.get("ContentType") or "")}
shared = ["".join(t.text or "" for t in s.iter(main + "t"))
          for s in T.fromstring(z.read("xl/sharedStrings.xml"))]
refs = int(T.fromstring(z.read("xl/sharedStrings.xml")).get("count"))
book = T.fromstring(z.read("xl/workbook.xml"))
names = [s.get("name") for s in book.iter(main + "sheet")]
defined = {d.get("name").lower() for d in book.iter(main + "definedName")}
ids, seen, used = set(), set(), 0


def cell(c):
    if c.get("t") == "inlineStr":
        return "".join(t.text or "" for t in c.iter(main + "t"))
    v = c.find(main + "v")
    return None if v is None else shared[int(v.text)] if c.get("t") == "s" else v.text


for no, name in enumerate(names, 1):
    part = "xl/worksheets/sheet%d.xml" % no
    sheet = T.fromstring(z.read(part))
    cells = {c.get("r"): c for c in sheet.iter(main + "c")}
    used += sum(c.get("t") == "s" for c in cells.values())
    links = sheet.findall(main + "tableParts/" + main + "tablePart")
    if name in ("Summary", "Method"):
        assert not links, name
        continue
    assert len(links) == 1, name
    assert sheet.find(main + "autoFilter") is None, name  # it is the table's
    tree = T.fromstring(z.read("xl/worksheets/_rels/sheet%d.xml.rels" % no))
    target = {r.get("Id"): r.get("Target") for r in tree}[links[0].get(rel + "id")]
    path = posixpath.normpath(posixpath.join("xl/worksheets", target))
    assert "/" + path in typed, path
    t = T.fromstring(z.read(path))
    assert t.get("id") not in ids and t.get("name").lower() not in seen | defined
    ids.add(t.get("id"))
    seen.add(t.get("name").lower())
    assert re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", t.get("name")), t.get("name")
    assert t.get("displayName") == t.get("name")
    a, b, last, rows = re.fullmatch(r"(A)1:(([A-Z]+)(\d+))", t.get("ref")).groups()
    assert t.find(main + "autoFilter").get("ref") == t.get("ref")
    heads = [c.get("name") for c in t.iter(main + "tableColumn")]
    assert len({h.lower() for h in heads}) == len(heads), heads
    row1 = [cell(c) for r, c in cells.items() if re.fullmatch("[A-Z]+1", r)]
    assert heads == row1, (heads, row1)  # else a spreadsheet repairs the file
    found = max([int(re.sub("[A-Z]", "", r)) for r in cells])
    assert int(rows) == max(found, 2), (name, rows, found)
    print(name, t.get("name"), found - 1, len(heads), *heads[-4:], sep="|")
assert used == refs, (used, refs)
PY
}
ends 0 '' "$muster" run -q -d m.db -o out -F xlsx --period 2026-11 \
    --as-of 2026-11-30 --keep 'Cost Centre' macs.csv
check tables tables out/fleet-monthly-2026-11.xlsx
for line in '^Findings|tblFindings|2|30|Owner|Due|Decision|Comment$' \
    '^Devices|tblDevices|3|.*|x_cost_centre$' '^Accounts|tblAccounts|0|' \
    '^Remedies|tblRemedies|[1-9][0-9]*|8|minutes|Devices|Accounts|Serials$' \
    '^Accepted risks|tblAccepted_risks|0|' '^Not measured|tblNot_measured|'; do
    grep -qi "$line" stdout || fail "no \"$line\""
done
for use in client migration; do
    ends 0 '' "$muster" report -q -d m.db -o out -u $use -F xlsx
    check "tables of $use" tables out/fleet-$use-2026-11.xlsx
done
cp out/fleet-monthly-2026-11.xlsx before.xlsx
ends 0 '' "$muster" report -q -d m.db -o out -F xlsx
check "the same bytes" cmp before.xlsx out/fleet-monthly-2026-11.xlsx

# An independent reader sees the same tables.
if python3 -c 'import openpyxl' 2>/dev/null; then
    says 'tblFindings tblDevices tblAccounts tblRules tblRemedies tblAccepted_risks tblNot_measured tblClients' \
        python3 -c 'import openpyxl
b = openpyxl.load_workbook("out/fleet-monthly-2026-11.xlsx")
print(*(t for s in b for t in s.tables))'
fi

# On paper: every sheet is at most so wide that its letters can be read, and a
# row with a long sentence is as high as its lines.
paper() { # XLSX
    python3 - "$1" <<'PY'
import re, sys, zipfile
import xml.etree.ElementTree as T
main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
z = zipfile.ZipFile(sys.argv[1])
book = T.fromstring(z.read("xl/workbook.xml"))
names = [s.get("name") for s in book.iter(main + "sheet")]
areas = {int(d.get("localSheetId")): d.text.split("!")[1].replace("$", "")
         for d in book.iter(main + "definedName")
         if d.get("name") == "_xlnm.Print_Area"}
shared = ["".join(t.text or "" for t in s.iter(main + "t"))
          for s in T.fromstring(z.read("xl/sharedStrings.xml"))]
high = 0
for no, name in enumerate(names):
    sheet = T.fromstring(z.read("xl/worksheets/sheet%d.xml" % (no + 1)))
    last = 0
    for letter in re.match("A1:([A-Z]+)", areas.get(no, "A1:ZZ9"))[1]:
        last = last * 26 + ord(letter) - 64
    wide = sum(float(c.get("width")) for c in sheet.iter(main + "col")
               if int(c.get("max")) <= last and not c.get("hidden"))
    assert wide < 265, (name, wide)
    col = next((re.sub("[0-9]", "", c.get("r")) for c in sheet.iter(main + "c")
                if c.get("t") == "s" and len(c)
                and shared[int(c[0].text)] == "Next step"), "")
    for row in sheet.iter(main + "row"):
        longest = max([len("".join(t.text or "" for t in c.iter(main + "t")))
                       for c in row if c.get("r") == col + row.get("r")], default=0)
        if name == "Devices" and longest > 66:
            assert float(row.get("ht")) >= 30, (name, row.get("r"), longest)
            high += 1
        if name == "Devices" and longest < 60 and row.get("r") != "1":
            assert row.get("ht") is None, (name, row.get("r"))
print("rows of several lines:", high > 0)
PY
}
cat >facts.csv <<CSV
serial,client,filevault,last_checkin,os_version,chip,secure_token
C02BOOK004,Northwind,,2026-11-29,15.1,apple,
CSV
ends 0 '' "$muster" run -q -d p.db -o paper -F xlsx -u migration \
    --period 2026-11 --as-of 2026-11-30 macs.csv facts.csv
says 'rows of several lines: True' paper paper/fleet-migration-2026-11.xlsx
ends 0 '' "$muster" report -q -d p.db -o paper -F xlsx -u client
check "paper of client" paper paper/fleet-client-2026-11.xlsx

# The workbook of a move opens on who can go; its groups add up to all Macs.
opens() { # XLSX
    python3 - "$1" <<'PY'
import sys, zipfile
import xml.etree.ElementTree as T
main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
z = zipfile.ZipFile(sys.argv[1])
shared = ["".join(t.text or "" for t in s.iter(main + "t"))
          for s in T.fromstring(z.read("xl/sharedStrings.xml"))]
cells = {c.get("r"): shared[int(c[0].text)] if c.get("t") == "s" else c[0].text
         for c in T.fromstring(z.read("xl/worksheets/sheet1.xml")).iter(main + "c")
         if len(c)}
print(cells["A4"])
start = next(int(r[1:]) for r, v in cells.items() if v == "Macs by readiness")
groups = [(cells["A%d" % r], int(cells["B%d" % r])) for r in range(start + 1, start + 7)]
assert sum(n for _, n in groups[:5]) == groups[5][1] == 4, groups
print(*(g[0] for g in groups), sep="|")
PY
}
says '0 of 4 Macs are ready to move; 0 blocked, 0 with someone at the Mac, 2 after an action from afar, 2 not known yet, which counts as not ready.
Blocked|Needs someone at the Mac|Action first|Not known yet|Ready|All Macs' \
    opens paper/fleet-migration-2026-11.xlsx
finish
