#!/bin/sh
# Every situation of the article on the two tokens has a Mac in the demo fleet,
# and the finding and the remedy are those that the article would give.
set -eu
cd "$(dirname "$0")/../.."
dir=$(mktemp -d "${TMPDIR:-/tmp}/muster-seed.XXXXXX")
trap 'rm -rf "$dir"' EXIT
"$1/muster" run -q -d "$dir/demo.db" --client-per-folder --period 2026-11 \
    --as-of 2026-11-27 -F csv -o "$dir" fixtures/demo/2026-11
python3 - "$dir/fleet-monthly-2026-11-findings.csv" tests/golden/seed.tsv <<'P'
import csv, sys
found = {}
for r in csv.DictReader(open(sys.argv[1], newline="", encoding="utf-8")):
    found.setdefault((r["serial"], r["rule"]), []).append(r)
bad = n = 0
for line in open(sys.argv[2], encoding="utf-8"):
    if line.startswith("#") or line.startswith("serial\t"):
        continue
    serial, rule, result, severity, remedy, situation = line.rstrip("\n").split("\t")
    rows = found.get((serial, rule), [])
    n += 1
    if result == "pass":
        if rows:
            bad += 1
            print(f"{situation}: {serial} {rule}: expected no finding, found "
                  f"{rows[0]['result']} {rows[0]['severity']}")
        continue
    if not any(r["result"] == result and severity in (r["severity"], "*")
               and remedy in (r["remedy"], "*", "-") for r in rows):
        bad += 1
        print(f"{situation}: {serial} {rule}: expected {result} {severity} "
              f"{remedy}, found "
              f"{[(r['result'], r['severity'], r['remedy']) for r in rows]}")
print(f"{n - bad} of {n} situations as the article says")
sys.exit(bad > 0)
P
