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
C02SAMP002,,On,15.1
CSV
cat >"$dir/accounts.csv" <<'CSV'
serial,account,secure_token,uid
C02SAMP001,anna,yes,501
C02SAMP002,bo,yes,501
C02SAMP002,cleo,no,502
CSV
check ingest "$muster" ingest -q -d "$dir/v.db" --as-of 2026-11-30 \
    "$dir/devices.csv" "$dir/accounts.csv"
check analyze "$muster" analyze -q -d "$dir/v.db" --as-of 2026-11-30
check sample "$muster" sample -d "$dir/v.db" --seed x --n 100
awk '/^[0-9]+\. FV-01: pass/ { getline; on = /C02SAMP001/ }
    /^$/ { on = 0 } on' "$dir/stdout" >"$dir/fv"
cat >"$dir/want" <<TEXT
   Mac   C02SAMP001 one, unassigned
   asks  $("$muster" query -d "$dir/v.db" \
    "SELECT title FROM rule WHERE id = 'FV-01'" | tr -d '\r' | tail -n 1)
   facts filevault
   read  filevault = on, devices.csv:2, filevault: "On"
   see   fdesetup status
   all   muster explain C02SAMP001 --period 2026-11
   tested by ____________ on ____________ same result: yes / no
TEXT
diff "$dir/want" "$dir/fv" || fail 'FV-01 is told otherwise'
grep -q 'read  secure_token of anna = true, accounts.csv:2, secure_token: "yes"' "$dir/stdout" ||
    fail 'the value of an account is missing'
grep -q '^   found fail info: one account at most can unlock the disk$' \
    "$dir/stdout" || fail 'a finding is told otherwise'
# A Mac without a name; and its own facts once, however many accounts it has.
grep -q '^   Mac   C02SAMP002, unassigned$' "$dir/stdout" ||
    fail 'a Mac without a name is told otherwise'
checks=$((checks + 1))
check json "$muster" sample -d "$dir/v.db" --seed x --n 100 --json
jq -e '.drawn[] | select(.serial == "C02SAMP002" and .rule == "ST-04") |
    .values | map(.fact + " " + .account) ==
    ["secure_token bo", "os_version ", "secure_token cleo"]' \
    "$dir/stdout" >"$dir/jq" || fail 'a fact of the Mac is told twice'
check again "$muster" sample -d "$dir/v.db" --seed x --n 100
cp "$dir/stdout" "$dir/first"
check again "$muster" sample -d "$dir/v.db" --seed x --n 100
cmp -s "$dir/first" "$dir/stdout" || fail 'two draws differ'

# Long names, values and cells stay inside 80 columns, whole.
long=$(printf 'a%.0s' $(seq 100))
printf 'serial,name,site,filevault\nC02SAMP001,%s,%s,on\n' "$long" "$long" \
    >"$dir/long.csv"
check long "$muster" ingest -q -d "$dir/v.db" --as-of 2026-11-30 "$dir/long.csv"
check analyze "$muster" analyze -q -d "$dir/v.db" --as-of 2026-11-30
check sample "$muster" sample -d "$dir/v.db" --seed "$long" --n 100
[ "$(wc -L <"$dir/stdout")" -le 80 ] || fail 'a line is wider than 80 columns'
[ "$(sed -n '1,3p' "$dir/stdout" | tr -cd a | wc -c)" -ge 100 ] ||
    fail 'a long word was not printed whole'

ends 2 'needs --seed' "$muster" sample -d "$db"
ends 2 'from 1 to 10000' "$muster" sample -d "$db" --seed x --n 0
ends 2 'no period "2027" was judged' \
    "$muster" sample -d "$db" --seed x --period 2027
finish
