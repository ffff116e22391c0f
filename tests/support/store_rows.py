"""store_rows.py DB FILE - what a store holds of its imports, one line a row.

    FILE<tab>mac<tab>SERIAL<tab>fact=value<tab>...

Facts stand in the order of their names. "=?" is unknown: a column for the
fact was there, or another row of the store knows it. Times are as people
read them, 0 is never.
"""
import datetime
import sqlite3
import sys

TIMES = {"observed_at", "last_checkin", "last_boot", "provisional_until",
         "deferred_since", "recovery_key_escrowed_at", "last_login",
         "password_reset_at", "token_verified_at"}
KEYS = {"uuid", "mdm_id", "observed_at"}
PLAIN = {"row_id", "import_id", "line", "device_id", "raw", "custom", "read_at",
         "platform", "serial", "account", "reports"}


def shown(fact, value):
    if value is None:
        return "?"
    if fact in TIMES:
        if value == 0:
            return "never"
        at = datetime.datetime.fromtimestamp(value, datetime.timezone.utc)
        return at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(value).replace("\t", " ").replace("\n", " ")


def rows(db, table, columns):
    found = db.execute(f"SELECT r.*, d.serial AS serial FROM {table} r "
                       "LEFT JOIN device d USING (device_id)").fetchall()
    known = {f for r in found for f in r.keys() if r[f] is not None}
    facts = sorted((known | (columns - KEYS)) - PLAIN)
    for r in found:
        have = set(r.keys())
        yield r, [f"{f}={shown(f, r[f])}" for f in facts if f in have]


def main():
    db = sqlite3.connect(sys.argv[1])
    db.row_factory = sqlite3.Row
    file, out = sys.argv[2], []
    columns = {r["fact"] for r in db.execute(
        "SELECT fact FROM import_column WHERE use IN ('fact', 'secret')")}
    for r in db.execute("SELECT * FROM import"):
        out.append(["import", r["source"]] + [
            f"{k}={r[k]}" for k in ("records", "accepted", "rejected",
                                    "left_out", "complete")])
    for r, cells in rows(db, "device_row", columns):
        key = r["serial"] or r["uuid"] or r["mdm_id"]
        out.append(["mac", key] + cells
                   + ([r["custom"]] if r["custom"] else []))
    for r, cells in rows(db, "account_row", columns):
        key = r["serial"] or r["uuid"] or r["mdm_id"]
        out.append(["account", f"{key}/{r['account']}"] + cells)
    for r in db.execute("SELECT d.serial, l.* FROM list_row l"
                        " LEFT JOIN device d USING (device_id)"):
        out.append(["list", r["serial"] or r["uuid"] or r["mdm_id"],
                    f"{r['fact']}={r['names']}", f"covers={r['covers']}"])
    for r in db.execute("SELECT header, value, count FROM import_value JOIN"
                        " import_column USING (import_id, position)"):
        out.append(["unread", r["header"], r["value"], str(r["count"])])
    for r in db.execute("SELECT header FROM import_column"
                        " WHERE use = 'secret'"):
        out.append(["secret", r["header"]])
    for r in db.execute("SELECT text FROM import_warning"):
        out.append(["says", r["text"]])
    for line in out:
        print("\t".join([file] + line))


main()
