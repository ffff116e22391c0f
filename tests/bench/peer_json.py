#!/usr/bin/python3
"""Reading a fleet's JSON with the standard library: json.load, executemany.

usage: peer_json.py FLEET.json DATABASE

One array of Macs with nested accounts, into two plain tables of text; what a
script of twenty lines does.
"""
import json
import os
import sqlite3
import sys


def text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as f:
        fleet = json.load(f)
    if os.path.exists(sys.argv[2]):
        os.remove(sys.argv[2])
    db = sqlite3.connect(sys.argv[2])
    db.execute("PRAGMA synchronous=OFF")
    device = [k for k in fleet[0] if k != "accounts"]
    account = [k for k in next(d for d in fleet if d["accounts"])["accounts"][0]]
    db.execute("CREATE TABLE devices(%s)" % ",".join(k + " TEXT" for k in device))
    db.execute("CREATE TABLE accounts(serial TEXT,%s)"
               % ",".join(k + " TEXT" for k in account))
    db.executemany("INSERT INTO devices VALUES(%s)" % ",".join("?" * len(device)),
                   ([text(d.get(k)) for k in device] for d in fleet))
    db.executemany("INSERT INTO accounts VALUES(?,%s)" % ",".join("?" * len(account)),
                   ([d["serial"]] + [text(a.get(k)) for k in account]
                    for d in fleet for a in d["accounts"]))
    db.commit()


main()
