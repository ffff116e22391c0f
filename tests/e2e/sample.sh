#!/bin/sh
# muster sample: a draw that anybody can repeat, with what a test needs.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

db=$dir/m.db
store "$db" tests/support/periods.sql

# The draw is what the help says: the smallest SHA-256 of SEED/SERIAL/RULE.
lots() { # seed: all results of 2026-11 that can be drawn, by lot
    sqlite3 "$db" "SELECT v.serial || ' ' || r.id FROM device_result d
        JOIN device v USING (device_id) JOIN rule r USING (period_id)
        WHERE d.period_id = 2 AND CAST(substr(d.results, r.rule_no + 1, 1)
          AS TEXT) IN ('P', 'F', 'U')" |
        while read -r serial rule; do
            printf '%s %s %s\n' "$(printf '%s' "$1/$serial/$rule" | sha256sum |
                cut -d' ' -f1)" "$serial" "$rule"
        done | sort
}
for seed in x 2026-11-28; do
    check json "$muster" sample -d "$db" --seed "$seed" --n 4 --json
    jq -r '.drawn[] | .lot + " " + .serial + " " + .rule' "$dir/stdout" \
        >"$dir/drawn"
    lots "$seed" | head -n 4 | cmp -s - "$dir/drawn" || fail "seed $seed"
    jq -e '.results == 8' "$dir/stdout" >"$dir/jq" || fail 'not 8 results'
done
check json "$muster" sample -d "$db" --seed x --json
jq -e '(.drawn | length) == 8 and ([.drawn[].result] | unique) ==
    ["fail", "pass", "unknown"] and (.drawn[] | select(.rule == "ST-02" and
    .serial == "C02PER0001") | .findings == [{account: "Anna", result: "fail",
    severity: "critical", evidence: "anna has none", missing_facts: "",
    remedy: "R2", waived: false}])' "$dir/stdout" >"$dir/jq" ||
    fail 'json says something else'
tells '2 of 8 results of 2026-11, facts as of 2026-11-30, seed "x"' \
    "$muster" sample -d "$db" --seed x --n 2
tells 'The facts of this period are gone' \
    "$muster" sample -d "$db" --seed x --n 2
tells '1 of 2 results of 2026-10' \
    "$muster" sample -d "$db" --seed x --n 1 --period 2026-10 --client UMBRA

# With facts: every value with its file, line and cell.
cat >"$dir/devices.csv" <<'CSV'
serial,name,filevault,os_version
C02SAMP001,one,On,15.1
CSV
cat >"$dir/accounts.csv" <<'CSV'
serial,account,secure_token,uid
C02SAMP001,anna,yes,501
CSV
check ingest "$muster" ingest -q -d "$dir/v.db" --as-of 2026-11-30 \
    "$dir/devices.csv" "$dir/accounts.csv"
check analyze "$muster" analyze -q -d "$dir/v.db" --as-of 2026-11-30
check sample "$muster" sample -d "$dir/v.db" --seed x --n 100
awk '/^[0-9]+\. FV-01: pass/ { on = 1 } /^$/ { on = 0 } on' "$dir/stdout" |
    sed '1d' >"$dir/fv"
cat >"$dir/want" <<TEXT
   C02SAMP001 one, unassigned
   asks  $("$muster" query -d "$dir/v.db" \
    "SELECT title FROM rule WHERE id = 'FV-01'" | tr -d '\r' | tail -n 1)
   facts filevault
   read  devices.csv:2  filevault = on  ("filevault": "On")
   see   fdesetup status
   tested by ____________ on ____________ same result: yes / no
TEXT
diff "$dir/want" "$dir/fv" || fail 'FV-01 is told otherwise'
grep -q "accounts.csv:2  secure_token of anna = true" "$dir/stdout" ||
    fail 'the value of an account is missing'
cp "$dir/stdout" "$dir/first"
check again "$muster" sample -d "$dir/v.db" --seed x --n 100
cmp -s "$dir/first" "$dir/stdout" || fail 'two draws differ'

ends 2 'needs --seed' "$muster" sample -d "$db"
ends 2 'from 1 to 10000' "$muster" sample -d "$db" --seed x --n 0
ends 2 'no period "2027" was judged' \
    "$muster" sample -d "$db" --seed x --period 2027
finish
