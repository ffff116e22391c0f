#!/usr/bin/python3
"""The cells of a workbook as plain lines, for xlsx_floor.

usage: xlsx_cells.py WORKBOOK.xlsx CELLS.csv

A line of one cell "#NAME" starts a sheet. Otherwise a line is a row, and the
first letter of a cell says what it is: s a string, n a number, b a boolean,
f a formula; an empty cell is nothing. Only the standard library.
"""
import csv
import re
import sys
import xml.etree.ElementTree as ET
import zipfile

NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def column(ref):
    n = 0
    for c in re.match("[A-Z]+", ref).group():
        n = n * 26 + ord(c) - 64
    return n - 1


def shared_strings(z):
    if "xl/sharedStrings.xml" not in z.namelist():
        return []
    with z.open("xl/sharedStrings.xml") as f:
        return ["".join(t.text or "" for t in si.iter(NS + "t"))
                for _, si in ET.iterparse(f) if si.tag == NS + "si"]


def cell_text(c, strings):
    kind, value = c.get("t", "n"), c.find(NS + "v")
    if kind == "inlineStr":
        return "s" + "".join(t.text or "" for t in c.iter(NS + "t"))
    if c.find(NS + "f") is not None:
        return "f" + (c.find(NS + "f").text or "")
    if value is None or value.text is None:
        return ""
    if kind == "s":
        return "s" + strings[int(value.text)]
    return {"str": "s", "b": "b"}.get(kind, "n") + value.text


def rows(z, path, strings):
    with z.open(path) as f:
        for _, el in ET.iterparse(f):
            if el.tag != NS + "row":
                continue
            row = []
            for c in el.iter(NS + "c"):
                row += [""] * (column(c.get("r")) - len(row))
                row.append(cell_text(c, strings))
            yield row
            el.clear()


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with zipfile.ZipFile(sys.argv[1]) as z, \
            open(sys.argv[2], "w", encoding="utf-8", newline="") as out:
        w = csv.writer(out, lineterminator="\n")
        strings = shared_strings(z)
        rels = {r.get("Id"): r.get("Target") for r in
                ET.fromstring(z.read("xl/_rels/workbook.xml.rels"))}
        for s in ET.fromstring(z.read("xl/workbook.xml")).iter(NS + "sheet"):
            target = rels[s.get(REL)].lstrip("/")
            if not target.startswith("xl/"):
                target = "xl/" + target
            if "worksheets" not in target:
                continue
            w.writerow(["#" + s.get("name")])
            for row in rows(z, target, strings):
                w.writerow(row or [""])


main()
