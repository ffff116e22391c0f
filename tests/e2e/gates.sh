#!/bin/sh
# Gates of run, analyze and diff: accepted risks trip none, unknown can.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"
db=$dir/m.db

cat >"$dir/october.csv" <<'CSV'
serial,client,filevault,last_checkin,os_version,mdm_enrolled
C02GATE001,Northwind,on,2026-10-29,15.1,true
C02GATE002,Umbra,on,2026-10-29,15.1,true
CSV
cat >"$dir/november.csv" <<'CSV'
serial,client,filevault,last_checkin,os_version,mdm_enrolled
C02GATE001,Northwind,off,2026-11-20,15.1,true
C02GATE002,Umbra,on,2026-11-20,15.1,true
C02GATE003,Umbra,,2026-11-20,15.1,true
CSV
printf 'rule,client,reason,owner,expires\n*,*,agreed,Jo,2027-01-01\n' \
    >"$dir/all.csv"
at='--as-of 2026-11-30'
# shellcheck disable=SC2086 # options are meant to be split
{
    check run "$muster" run -q -d "$db" -o "$dir/out" -F csv \
        --as-of 2026-10-30 "$dir/october.csv"
    # The first month has nothing to be compared with, which stops no pipeline;
    # gates of a period ask it all the same.
    says 'No period was judged before 2026-10: nothing to compare, and nothing new or worse for --fail-on' \
        "$muster" diff -d "$db" --fail-on low
    ends 3 'Macs are not known well enough' "$muster" diff -d "$db" \
        --fail-on low --max-unknown 0
    ends 3 '1 of 1 Macs' "$muster" diff -d "$db" --max-unknown 0 --client umbra
    ends 8 'of 2026-10-29' "$muster" diff -d "$db" --max-age 0
    ends 2 'no client "Nobody"' "$muster" diff -d "$db" --client Nobody
    ends 2 'no period "2026-09" was judged' "$muster" diff -d "$db" \
        --from 2026-09 --fail-on low
    ends 0 'No period was judged before 2026-10' "$muster" diff -d "$db" --json \
        --fail-on low
    jq -e '.from == null and .to.period == "2026-10" and .changes == [] and
        .macs == [] and .rules == [] and .counts.new == 0' "$dir/stdout" \
        >"$dir/jq" || fail 'json of the first month'
    check quiet "$muster" diff -q -d "$db" --json
    [ ! -s "$dir/stderr" ] || fail 'talks with --quiet'
    ends 3 '1 finding of severity high or worse (--fail-on high)' "$muster" run -q \
        -d "$db" -o "$dir/out" -F csv $at --fail-on high "$dir/november.csv"
    for verb in "run -q -o $dir/out -F csv $dir/november.csv" "analyze -q"; do
        ends 3 'the pass rate is 90.9 % of what was measured (--min-rate 91)' \
            "$muster" $verb -d "$db" $at --min-rate 91
        ends 0 '' "$muster" $verb -d "$db" $at --min-rate 90
        ends 3 '2 of 3 Macs are not known well enough (--max-unknown 1)' \
            "$muster" $verb -d "$db" $at --max-unknown 1
        ends 0 '' "$muster" $verb -d "$db" $at --max-unknown 67%
        ends 8 'the newest facts are of 2026-11-20 (--max-age 9)' \
            "$muster" $verb -d "$db" $at --max-age 9
        ends 8 'of 2026-11-20' "$muster" $verb -d "$db" $at --max-age 10
        ends 0 '' "$muster" $verb -d "$db" $at --max-age 11
        ends 2 '"soon" is no number' "$muster" $verb -d "$db" $at --max-age soon
        ends 2 '"101" is no number' "$muster" $verb -d "$db" $at --min-rate 101
        ends 2 '"grave" is no severity' \
            "$muster" $verb -d "$db" $at --fail-on grave
    done

    # Of two periods: what came, and how the later one stands.
    ends 3 '1 new or worse finding of severity high or worse (--fail-on)' \
        "$muster" diff -d "$db" --fail-on high
    # A gate of one client sees that client alone, however its name is written.
    ends 3 '1 new or worse finding of severity high or worse (--fail-on)' \
        "$muster" diff -d "$db" --fail-on high --client northwind
    ends 0 '' "$muster" diff -d "$db" --fail-on high --client Umbra
    ends 3 'of severity low or worse' \
        "$muster" diff -d "$db" --fail-on low --client Northwind --json
    ends 2 'no client' "$muster" diff -d "$db" --fail-on high --client Nobody
    ends 3 'the pass rate is 75.0 %' \
        "$muster" diff -d "$db" --min-rate 80 --client Northwind
    ends 0 '' "$muster" diff -d "$db" --min-rate 80 --client Umbra
    ends 3 '2 of 2 Macs' "$muster" diff -d "$db" --max-unknown 1 --client Umbra
    ends 8 'of 2026-11-20' "$muster" diff -d "$db" --max-age 9
    ends 8 'of 2026-11-20' "$muster" diff -d "$db" --max-age 9 --client Umbra
    ends 8 'of 2026-10-29' "$muster" diff -d "$db" --from 2026-11 --to 2026-10 \
        --max-age 0

    # A fresh export of one client is none of another: each must have its own.
    for who in Northwind:20 Umbra:14 Zenith:10; do
        printf 'serial,client,filevault,last_checkin\nC02AGE%s,%s,on,2026-11-%s\n' \
            "00${who#*:}" "${who%:*}" "${who#*:}" >"$dir/age-$who.csv"
    done
    printf 'serial,account,secure_token,last_login\nC02AGE0099,anna,yes,2026-11-01\n' \
        >"$dir/age-people.csv"
    check ingest "$muster" ingest -q -d "$dir/a.db" $at "$dir"/age-[NUZ]*.csv
    ends 8 'the newest facts of Zenith are of 2026-11-10, those of 1 more client too (--max-age 11)' \
        "$muster" analyze -q -d "$dir/a.db" $at --max-age 11
    ends 8 'the newest facts of Zenith are of 2026-11-10 (--max-age 20)' \
        "$muster" analyze -q -d "$dir/a.db" $at --max-age 20
    ends 8 'the newest facts are of 2026-11-20 (--max-age 10)' \
        "$muster" analyze -q -d "$dir/a.db" $at --max-age 10
    ends 0 '' "$muster" analyze -q -d "$dir/a.db" $at --max-age 21
    check ingest "$muster" ingest -q -d "$dir/a.db" $at "$dir/age-people.csv"
    ends 8 'the newest facts of unassigned are of 2026-11-01 (--max-age 21)' \
        "$muster" analyze -q -d "$dir/a.db" $at --max-age 21
    printf 'serial,client,filevault\nC02AGE0100,Apex,on\n' >"$dir/undated.csv"
    check ingest "$muster" ingest -q -d "$dir/a.db" $at "$dir/undated.csv"
    ends 8 'no fact of Apex says when it was read (--max-age 90)' \
        "$muster" analyze -q -d "$dir/a.db" $at --max-age 90

    # All is accepted: nothing trips, but a Mac that lacks a core check.
    ends 0 '' "$muster" analyze -q -d "$db" $at --waivers "$dir/all.csv" \
        --fail-on info --min-rate 100
    ends 3 '1 of 3 Macs' "$muster" analyze -q -d "$db" $at \
        --waivers "$dir/all.csv" --max-unknown 0
    ends 0 '' "$muster" analyze -q -d "$db" $at \
        --waivers "$dir/all.csv" --max-unknown 1
    ends 0 '' "$muster" diff -d "$db" --fail-on info

    # Unknown of little weight does not make a Mac unknown: what is grave about
    # it is accepted, what is not stays open. A silent one is never known.
    printf '%s\n' serial,filevault,auto_login,last_checkin,mdm_enrolled,enrollment_type,user_approved,supervised,os_version,bootstrap_escrowed_server,recovery_key_escrowed \
        C02GATE007,on,false,2026-11-20,true,ade,true,true,15.1,true,true \
        C02GATE008,,,2026-11-20,true,ade,true,true,15.1,true,true >"$dir/light.csv"
    printf '%s\n' serial,account,secure_token C02GATE007,anna,true \
        C02GATE007,bo,true C02GATE008,anna,true C02GATE008,bo,true \
        >"$dir/people.csv"
    check light "$muster" ingest -q -d "$dir/g.db" $at "$dir/light.csv" \
        "$dir/people.csv"
    check light "$muster" analyze -q -d "$dir/g.db" $at
    printf 'rule,serial,reason,owner,expires\n' >"$dir/grave.csv"
    sqlite3 -separator , "$dir/g.db" "SELECT DISTINCT id, '*', 'agreed', 'Jo',
        '2027-01-01' FROM finding JOIN rule USING (period_id, rule_no) WHERE
        result = 'unknown' AND finding.severity IN ('critical', 'high')" \
        >>"$dir/grave.csv"
    ends 3 '1 of 2 Macs' "$muster" analyze -q -d "$dir/g.db" $at --max-unknown 0
    ends 0 '' "$muster" analyze -q -d "$dir/g.db" $at --max-unknown 0 \
        --waivers "$dir/grave.csv"
    says FV-12 sqlite3 "$dir/g.db" "SELECT id FROM finding JOIN rule
        USING (period_id, rule_no) WHERE result = 'unknown' AND waiver IS NULL
        AND finding.severity = 'low' AND id = 'FV-12'"
    says 'clean
undetermined' sqlite3 "$dir/g.db" 'SELECT verdict FROM device_result ORDER BY 1'
    sed 's/2026-11-20/2026-06-01/' "$dir/light.csv" >"$dir/silent.csv"
    check silent "$muster" ingest -q -d "$dir/s.db" $at "$dir/silent.csv" \
        "$dir/people.csv"
    ends 3 '2 of 2 Macs are not known' "$muster" analyze -q -d "$dir/s.db" $at \
        --waivers "$dir/all.csv" --max-unknown 0

    # A month later with the same findings: nothing new or worse trips it.
    sed 's/2026-11-20/2026-12-20/' "$dir/november.csv" >"$dir/december.csv"
    check december "$muster" run -q -d "$db" -o "$dir/out" -F csv \
        --as-of 2026-12-31 "$dir/december.csv"
    ends 3 'of severity high' "$muster" analyze -q -d "$db" \
        --as-of 2026-12-31 --fail-on high
    ends 0 '' "$muster" diff -d "$db" --fail-on high

    # A list that an operator keeps is no fact of the day it was written.
    cat >"$dir/roles.json" <<'JSON'
{"id": "roles", "title": "Roles", "server": "", "about": "Who is who.",
 "how": "By hand.", "closes": "by hand", "format": ["csv"], "scope": "accounts",
 "standing": true, "detect": {"all": [["Mac"], ["Who"], ["Role"]]},
 "columns": [{"column": "Mac", "fact": "serial"},
  {"column": "Who", "fact": "account"}, {"column": "Role", "fact": "role"}]}
JSON
    printf 'Mac,Who,Role\nC02GATE001,anna,primary\n' >"$dir/operator.csv"
    check operator "$muster" ingest -q -d "$db" --collected 2027-01-30 \
        --as-of 2027-01-31 --source "$dir/roles.json" "$dir/operator.csv"
    sed 's/2026-11-20/2027-01-02/' "$dir/november.csv" >"$dir/january.csv"
    ends 8 'of 2027-01-02' "$muster" run -q -d "$db" -o "$dir/out" -F csv \
        --as-of 2027-01-31 --max-age 20 "$dir/january.csv"
}
finish
