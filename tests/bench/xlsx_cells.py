#!/usr/bin/python3
"""The cells of a workbook as plain lines, for xlsx_floor.

usage: xlsx_cells.py WORKBOOK.xlsx CELLS.csv

A line of one cell "#NAME" starts a sheet. Otherwise a line is a row, and the
first letter of a cell says what it is: s a string, n a number, b a boolean,
f a formula; an empty cell is nothing. Only the standard library.
"""
import csv
import html
import io
import re
import sys
import xml.etree.ElementTree as ET
import zipfile

NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def column(letters):
    n = 0
    for c in letters:
        n = n * 26 + ord(c) - 64
    return n - 1


def shared_strings(z):
    if "xl/sharedStrings.xml" not in z.namelist():
        return []
    with z.open("xl/sharedStrings.xml") as f:
        return ["".join(t.text or "" for t in si.iter(NS + "t"))
                for _, si in ET.iterparse(f) if si.tag == NS + "si"]


CELL = re.compile(r'<c r="([A-Z]+)\d+"([^>]*?)(?:/>|>(.*?)</c>)', re.S)
KIND = re.compile(r' t="(\w+)"')
TEXT = re.compile(r"<t[^>]*>(.*?)</t>", re.S)
VALUE = re.compile(r"<v>(.*?)</v>", re.S)
FORMULA = re.compile(r"<f[^>]*>(.*?)</f>", re.S)


def cell_text(attributes, inside, strings):
    kind = KIND.search(attributes)
    kind = kind.group(1) if kind else "n"
    if kind == "inlineStr":
        return "s" + html.unescape("".join(TEXT.findall(inside)))
    formula = FORMULA.search(inside)
    if formula:
        return "f" + html.unescape(formula.group(1))
    value = VALUE.search(inside)
    if not value:
        return ""
    if kind == "s":
        return "s" + strings[int(value.group(1))]
    return {"str": "s", "b": "b"}.get(kind, "n") + html.unescape(value.group(1))


def rows(z, path, strings):
    """Row by row: a sheet may be far larger than memory ought to be."""
    rest = ""
    with io.TextIOWrapper(z.open(path), encoding="utf-8") as f:
        for chunk in iter(lambda: f.read(1 << 20), ""):
            parts = (rest + chunk).split("</row>")
            rest = parts.pop()
            for part in parts:
                row = []
                for ref, attributes, inside in CELL.findall(part):
                    at = column(ref)
                    if at > len(row):
                        row += [""] * (at - len(row))
                    row.append(cell_text(attributes, inside, strings))
                yield row


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
