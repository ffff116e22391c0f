#!/bin/sh
# --expected FILE: the fleet against an independent list of serials, in run,
# status and the reports; without one the lists of Apple Business.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"
cd "$dir"

cat >fleet.csv <<E_
serial,name,mdm_enrolled,last_checkin
C02WANT00001,One,yes,2026-11-20
C02WANT00002,Two,yes,2026-11-20
C02EXTRA0001,Odd,yes,2026-11-20
E_
printf '\357\273\277Asset;Serial Number;Place\r\n1;c02want00001 ;Hall\r\n2;C02WANT00002;Hall\r\n3;C02WANT00003;Hall\r\n4;N/A;Attic\r\n5;;Attic\r\n' >list.csv
printf 'C02WANT00001\nC02WANT00002\n\nC02WANT00003\nC02WANT00003\n' >plain.txt
line='2 of 3 expected Macs reported, 1 missing, 1 not expected (by the list of expected serials)'

run() {
    rm -rf m.db reports
    quietly "$muster" run -d m.db --as-of 2026-11-24 "$@"
    [ "$status" = 0 ] || fail "run $*: status $status"
}
has() { # FILE TEXT
    grep -qF "$2" "$1" || fail "$1: not \"$2\""
}
lacks() {
    if grep -qF "$2" "$1"; then fail "$1: says \"$2\""; fi
}

# 1. a CSV with a column, told line by line
run --expected list.csv fleet.csv
has stderr "$line"
has stderr "list.csv:5: is no serial number"
has stderr "list.csv:6: has no serial number"
has stderr "list.csv: expected-serials: 3 serials, 2 rejected (utf-8 with byte order mark, a column)"
tells "$line" "$muster" status -d m.db --as-of 2026-11-24
has stdout "  missing: C02WANT00003"
has stdout "  not expected: C02EXTRA0001"
lacks stdout "N/A"
for f in reports/*.html; do
    has "$f" "3 Macs expected, 2 of them reported, 1 missing. 1 reported Macs are not expected."
    has "$f" "C02WANT00003"
done
python3 - reports/*-report.json <<'E_' || fail "report.json"
import json, sys
r = json.load(open(sys.argv[1]))
assert r["expected"] == [{"client": None, "list": "the list of expected serials",
    "expected": 3, "found": 2, "missing": 1, "unexpected": 1}], r["expected"]
assert r["expected_gaps"] == [
    {"client": None, "state": "missing", "serial": "C02WANT00003"},
    {"client": None, "state": "unexpected", "serial": "C02EXTRA0001"}]
assert r["totals"]["devices"] == 3, "an expected Mac was counted as one"
E_
check "verify" "$muster" verify -d m.db reports

# 2. one serial a line; as JSON
rm -rf m.db reports
quietly "$muster" run --json -q -d m.db --as-of 2026-11-24 \
    --expected plain.txt fleet.csv
[ "$status" = 0 ] || fail "plain list: status $status"
python3 - stdout <<'E_' || fail "run --json"
import json, sys
e = json.load(open(sys.argv[1]))["expected"]
assert e["missing_serials"] == ["C02WANT00003"], e
assert e["unexpected_serials"] == ["C02EXTRA0001"], e
assert (e["expected"], e["found"], e["missing"], e["unexpected"]) == (3, 2, 1, 1)
E_

# 3. the same list again does nothing; another one takes its place
quietly "$muster" ingest -d m.db --as-of 2026-11-24 --expected plain.txt fleet.csv
has stderr "plain.txt: expected-serials: already in period 2026-11"
printf 'serial\nC02WANT00001\nC02WANT00002\nC02EXTRA0001\n' >all.csv
quietly "$muster" run -q -d m.db --as-of 2026-11-24 --expected all.csv fleet.csv
tells '3 of 3 expected Macs reported, 0 missing, 0 not expected' \
    "$muster" status -d m.db --as-of 2026-11-24
lacks stdout "  missing"

# it holds in later periods
quietly "$muster" run -q -d m.db --as-of 2026-12-24 fleet.csv
tells '3 of 3 expected Macs reported' "$muster" status -d m.db --as-of 2026-12-24

# 4. a list of one client speaks of that client alone
rm -rf m.db reports
printf 'serial,client\nC02WANT00001,Acme\nC02WANT00002,Acme\nC02OTHER0001,Blue\n' >two.csv
check "list of a client" "$muster" ingest -d m.db --as-of 2026-11-24 \
    --client Acme --expected plain.txt fleet.csv
check "no list" "$muster" run -q -d m.db --as-of 2026-11-24 two.csv
tells '2 of 3 expected' "$muster" status -d m.db --as-of 2026-11-24
lacks stdout "C02OTHER0001,"
check "reports of clients" "$muster" report -q -d m.db --each-client -u client \
    -F html,json -o reports
for f in reports/*/*blue* reports/*blue*; do
    [ -f "$f" ] || continue
    lacks "$f" "C02WANT00003"
    lacks "$f" "expected Macs"
done

# 5. redacted: no serial of a list either
head -c 32 /dev/zero >key
check "redacted" "$muster" report -q -d m.db -F html,json -o red \
    --redact serials --redact-key key
for f in red/*; do
    lacks "$f" "C02WANT00003"
done

# 6. Apple Business, where nobody gave a list
cat >abm.csv <<E_
Serial Number,Device Model,Order Number,MDM Server
C02WANT00001,MacBook Air,1,Ours
C02WANT00009,MacBook Air,1,Ours
E_
run abm.csv fleet.csv
has stderr '1 of 2 expected Macs reported, 1 missing, 2 not expected (by Apple Business or School Manager)'
run --expected all.csv abm.csv fleet.csv
has stderr '3 of 3 expected Macs reported, 0 missing, 0 not expected (by the list'

# 7. no list, no word of it
run fleet.csv
lacks stderr "expected"
python3 -c 'import json, sys
r = json.load(open(sys.argv[1])); assert r["expected"] == r["expected_gaps"] == []' \
    reports/*-report.json || fail "report.json without a list"

# 8. what is no list
refused() { # TEXT FILE
    rm -f r.db
    ends 4 "$1" "$muster" run -q -d r.db --as-of 2026-11-24 \
        --expected "$2" fleet.csv
}
printf 'Name,Owner\nOne,Amy\n' >people.csv
refused "people.csv:1: has no column of serial numbers" people.csv
printf 'serial\nN/A\n' >none.csv
refused "none.csv: names no serial number" none.csv
: >empty.csv
refused "empty.csv" empty.csv
refused "cannot open" missing.csv
finish
