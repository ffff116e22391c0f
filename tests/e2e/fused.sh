#!/bin/sh
# Rules that run together, and recall what they said of the same values, say
# what they say when they run one by one. A rule at fault makes them run so.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

period="--period 2026-11 --as-of 2026-11-30"
fleet=${FUSED_MACS:-7000}
quietly "$(dirname "$muster")/genfleet" "$fleet" "$dir/fleet"
# Values that are never the same twice, and such as only look alike.
awk -F, 'BEGIN { OFS = "," }
    NR == 1 { print $0, "asset_tag" }
    NR > 1 { print $0, NR % 300 < 290 ? NR % 3 : "ring " NR }' \
    "$dir/fleet/devices.csv" >"$dir/devices.csv"
# shellcheck disable=SC2086 # several words
check "ingest" "$muster" ingest -q -d "$dir/first.db" $period \
    "$dir/devices.csv" "$dir/fleet/accounts.csv"
cp "$dir/first.db" "$dir/second.db"

mkdir "$dir/own" "$dir/faulty"
own() { # FOLDER ID NEEDS APPLIES FAILS SEVERITY EVIDENCE
    cat >"$1/$2-own.sql" <<SQL
-- id: $2
-- title: Own
-- scope: device
-- severity: low
-- uses: monthly
-- loses:
-- facts: $3
-- why: It can be.
-- fix: R1
SELECT device_id, $4 AS applies, $5 AS fails, $6 AS severity,
       $7 AS evidence
  FROM device_posture
SQL
}
# One text for each ring; the id of a Mac, which is never the same twice; a
# serial in the condition, a serial in the evidence; a number and its text.
for d in own faulty; do
    own "$dir/$d" LAB-01 asset_tag TRUE "asset_tag LIKE '%7'" NULL \
        "'in ' || asset_tag || ', system ' || COALESCE(os_version, '?')"
    own "$dir/$d" LAB-02 os_version TRUE 'device_id % 7 = 0' NULL \
        "'number ' || (device_id % 1000)"
    own "$dir/$d" LAB-03 serial TRUE "substr(serial, -1) IN ('1', 'X')" NULL \
        NULL
    own "$dir/$d" LAB-04 filevault filevault_on 'os < 140000' \
        "CASE WHEN chip = 'apple' THEN 'high' END" "'Mac ' || serial"
done
own "$dir/faulty" LAB-05 os_version TRUE 'os < 130000' \
    "CASE WHEN os < 120000 THEN 'grave' END" NULL

# What was found by the rules that both have, and all their results.
said() {
    sqlite3 "$1" "
      SELECT r.id, d.serial, f.account, f.result, f.severity, f.evidence,
             f.remedy, f.missing
        FROM finding f JOIN rule r USING (period_id, rule_no)
        JOIN device d USING (device_id)
       WHERE r.id <> 'LAB-05' ORDER BY 1, 2, 3;
      SELECT d.serial, r.id,
             substr(CAST(v.results AS TEXT), r.rule_no + 1, 1)
        FROM device_result v JOIN rule r USING (period_id)
        JOIN device d USING (device_id)
       WHERE r.id <> 'LAB-05' ORDER BY 1, 2;
      SELECT r.id, t.client_id, t.result, t.severity, t.count
        FROM tally t JOIN rule r USING (period_id, rule_no)
       WHERE r.id <> 'LAB-05' ORDER BY 1, 2, 3, 4" >"$2"
}
# shellcheck disable=SC2086 # several words
{
    check "together" "$muster" analyze -q -d "$dir/first.db" $period \
        --rules "$dir/own"
    ends 5 'LAB-05-own.sql:10:85: yields the severity' "$muster" analyze -d "$dir/second.db" $period \
        --rules "$dir/faulty"
}
grep -q 'CPU seconds' "$dir/stderr" && fail 'CPU time without --verbose'
said "$dir/first.db" "$dir/first.txt"
said "$dir/second.db" "$dir/second.txt"
diff "$dir/first.txt" "$dir/second.txt" >"$dir/diff" || {
    head -n 20 "$dir/diff"
    fail "rules that run together say something else"
}

# Each kind of rule has said something.
few() { # RULE LEAST: findings, and different texts of evidence
    n=$(sqlite3 "$dir/first.db" "SELECT count(DISTINCT evidence)
        FROM finding JOIN rule USING (period_id, rule_no) WHERE id = '$1'")
    checks=$((checks + 1))
    [ "$n" -ge "$2" ] || fail "$1 has $n texts"
}
few LAB-01 20
few LAB-02 $((fleet / 20))
few LAB-04 $((fleet / 20))
few FV-11 2
few ST-02 20

# What each stage took, for those who ask.
# shellcheck disable=SC2086 # several words
check "verbose" "$muster" analyze -v -d "$dir/first.db" $period
grep -qE '^  CPU seconds: [0-9]+\.[0-9]{2} facts, [0-9.]+ derived facts, [0-9.]+ rules, [0-9.]+ results$' \
    "$dir/stderr" || fail 'no CPU time'
finish
