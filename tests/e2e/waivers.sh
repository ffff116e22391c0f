#!/bin/sh
# Accepted risks and the configuration over whole runs.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

cat >"$dir/devices.csv" <<'CSV'
serial,client,filevault,last_checkin,os_version
C02WAIV001,Northwind,off,2026-11-25,15.1
C02WAIV002,Umbra,off,2026-11-25,15.1
C02WAIV003,Old Umbra,off,2026-11-25,15.1
C02WAIV004,Northwind,on,2026-11-10,15.1
CSV
cat >"$dir/w.csv" <<'CSV'
rule,client,serial,account,reason,owner,approved_by,ticket,expires
FV-01,Northwind,,,a lab Mac,Jo,Max,T-1,2026-12-10
FV-*,*,C02WAIV001,,the same Mac,Jo,Jo,T-2,2027-12-31
FV-01,umbra,,,agreed,Jo,Max,T-3,2026-11-29
ZZ-99,*,,,agreed,Jo,Max,T-4,2027-12-31
CSV
cat >"$dir/m.conf" <<'CONF'
[policy]
freshness_days = 10
[rules]
disabled = BT-*
[severity]
FV-01 = low
[client "Umbra"]
alias = Old Umbra
severity.FV-01 = critical
freshness_days = 60
CONF
db=$dir/m.db
at='--as-of 2026-11-30'
# shellcheck disable=SC2086 # options are meant to be split
{
    check ingest "$muster" ingest -q -d "$db" $at "$dir/devices.csv"
    ends 0 'accepted risks: 1 finding covered, 1 ending within 30 days, 1 expired, 1 without a match, 2 overlapping, 1 approved by their own owner' \
        "$muster" analyze -d "$db" $at --waivers "$dir/w.csv"
    # T-1 ends in ten days, but the one that holds longer is named.
    [ "$(sqlite3 "$db" "SELECT group_concat(ticket || state || matches, ' ')
        FROM waiver")" = 'T-1expiring1 T-2active1 T-3expired1 T-4unmatched0' ] ||
        fail "states: $(sqlite3 "$db" 'SELECT ticket, state, matches FROM waiver')"

    # A section whose client is misspelt is nobody's, and said so; one of a
    # client who is not loaded is not.
    sed 's/"Umbra"/"Umbrra"/; s/^alias.*//' "$dir/m.conf" >"$dir/slip.conf"
    printf '[client "Ghost"]\nfreshness_days = 5\n' >>"$dir/slip.conf"
    ends 0 'settings: no client is called "Umbrra"; did you mean "Umbra"?' \
        "$muster" analyze -d "$db" $at -c "$dir/slip.conf"
    sed -i 's/Umbrra/Umbra/' "$dir/slip.conf"
    ends 0 '' "$muster" analyze -d "$db" $at -c "$dir/slip.conf"
    if grep -q settings "$dir/stderr"; then fail 'settings are complained of'; fi

    # A day is a day: with a time or in seconds it would move by hours.
    for day in 2026-11-30T10:00:00+05:00 2026-11-30T00:00:00Z 1764460800 \
        2026-02-30; do
        ends 2 "planned_day: expected a date (YYYY-MM-DD), found \"$day\"" \
            "$muster" analyze -q -d "$db" $at --set "planned_day=$day"
    done
    check 'a day' "$muster" analyze -q -d "$db" $at --set planned_day=2026-12-01

    # An accepted risk trips no gate, the same finding elsewhere does.
    check before "$muster" analyze -q -d "$db" $at
    ends 3 ' of severity high or worse' \
        "$muster" analyze -q -d "$db" $at --fail-on high
    printf 'rule,client,reason,owner,expires\n*,*,all,Jo,2027-01-01\n' \
        >"$dir/all.csv"
    ends 0 '' "$muster" analyze -q -d "$db" $at --fail-on low \
        --waivers "$dir/all.csv"
    printf 'rule,client,reason,owner,expires\n*,*,all,Jo,some day\n' \
        >"$dir/bad.csv"
    ends 5 'bad.csv:2:12: expires: expected a date' \
        "$muster" analyze -q -d "$db" $at --waivers "$dir/bad.csv"

    # The Findings sheet of the workbook, filled in and saved as CSV, is a list
    # of accepted risks: what was decided otherwise is none.
    cat >"$dir/sheet.csv" <<'CSV'
Severity,Client,Serial,Account,Rule,Title,Waiver expires,Finding id,Owner,Due,Decision,Comment
low,Northwind,C02WAIV001,,FV-01,FileVault is off,,0123456789abcdef,Jo,2026-12-31 00:00,accept risk,"kiosk, ""no"" data"
critical,Umbra,C02WAIV002,,FV-01,FileVault is off,,0123456789abcdee,Max,,fix,next week
critical,Umbra,C02WAIV003,,FV-01,FileVault is off,,0123456789abcded,,,,
CSV
    check sheet "$muster" analyze -q -d "$db" $at --waivers "$dir/sheet.csv"
    [ "$(sqlite3 "$db" "SELECT group_concat(serial || '|' || reason || '|' ||
        owner || '|' || date(expires, 'unixepoch') || '|' || matches)
        FROM waiver")" = 'C02WAIV001|kiosk, "no" data|Jo|2026-12-31|1' ] ||
        fail "sheet: $(sqlite3 "$db" 'SELECT * FROM waiver')"
    sed 's/,Jo,2026-12-31 00:00,/,Jo,,/' "$dir/sheet.csv" >"$dir/nodue.csv"
    ends 5 'nodue.csv:2:71: due is missing' \
        "$muster" analyze -q -d "$db" $at --waivers "$dir/nodue.csv"
    # The words are those that the workbook offers.
    check workbook "$muster" report -q -d "$db" -o "$dir/out" -F xlsx
    (mkdir "$dir/x" && cd "$dir/x" && unzip -q ../out/*.xlsx)
    for word in Decision Comment Due Owner 'Finding id' 'accept risk'; do
        grep -rq "$word" "$dir/x/xl/worksheets" "$dir/x/xl/sharedStrings.xml" ||
            fail "the workbook has no $word"
    done

    # The last day counts to its end in UTC, wherever the program runs; the day
    # after does not. Thirty days before the end it is "expiring", not sooner.
    last=2026-11-30
    printf 'rule,client,reason,owner,expires\nFV-01,*,r,Jo,%s\n' "$last" \
        >"$dir/last.csv"
    for zone in UTC Pacific/Kiritimati Pacific/Pago_Pago America/New_York \
        Asia/Kolkata Etc/GMT+12 Etc/GMT-14; do
        for day in 2026-10-30:active 2026-10-31:expiring 2026-11-29:expiring \
            2026-11-30:expiring 2026-12-01:expired \
            2026-11-30T23:59:59Z:expiring 2026-12-01T00:00:00Z:expiring \
            2026-12-01T00:00:01Z:expired; do
            check "$zone $day" env TZ=$zone "$muster" analyze -q -d "$db" \
                --period 2026-11 --as-of "${day%:*}" --waivers "$dir/last.csv"
            [ "$(sqlite3 "$db" 'SELECT state FROM waiver')" = "${day##*:}" ] ||
                fail "$zone, as of $day: $(sqlite3 "$db" 'SELECT state
                    FROM waiver')"
        done
    done

    # An expiry that is no plain date is an error with its place, never "for
    # ever", and nothing is judged with it.
    for end in '' 'never' '2026-13-01' '2026-02-30' '2027-02-29' '31.12.2026' \
        '12/31/2026' '2026-1-1' '2026-12-31T00:00:00Z' '20261231' '9999' \
        '2026-12-31 ok' '-' '0' '=2026-12-31' '2026–12–31' '٢٠٢٦-١٢-٣١'; do
        printf 'expires,rule,client,reason,owner\n"%s",FV-01,*,r,Jo\n' "$end" \
            >"$dir/bad.csv"
        ends 5 "bad.csv:2:1: expires" "$muster" analyze -q -d "$db" \
            --period 2026-11 $at --waivers "$dir/bad.csv"
    done

    # The configuration: severity, freshness, disabled rules, an alias.
    check configured "$muster" analyze -q -d "$db" $at -c "$dir/m.conf"
}
says 'C02WAIV001|Northwind|low
C02WAIV002|Umbra|critical
C02WAIV003|Umbra|critical' sqlite3 "$db" "SELECT serial, name, f.severity
    FROM finding f JOIN rule r USING (period_id, rule_no)
    JOIN device USING (device_id) JOIN client USING (client_id)
    WHERE id = 'FV-01' ORDER BY serial"
says 'C02WAIV004' sqlite3 "$db" "SELECT serial FROM device_result
    JOIN device USING (device_id) WHERE stale"
says '0' sqlite3 "$db" "SELECT count(*) FROM rule WHERE id LIKE 'BT-%'"
tells '"freshness_days":10' sqlite3 "$db" 'SELECT policy FROM run'
finish
