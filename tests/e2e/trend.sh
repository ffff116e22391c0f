#!/bin/sh
# The trend: its last period is this report's own numbers, in every use, and a
# period judged by other rules is marked wherever the trend is shown.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

demo=$PWD/fixtures/demo
cd "$dir"
month() { # PERIOD AS-OF [OPTION...]
    period=$1 day=$2
    shift 2
    ends 0 '' "$muster" run -q -d t.db -o out -F json,html,xlsx \
        --client-per-folder --period "$period" --as-of "$day" "$@" \
        "$demo/$period"
}
month 2026-10 2026-10-30
month 2026-11 2026-11-27
for use in monthly client migration; do
    ends 0 '' "$muster" report -q -d t.db -o out -F json -u $use
    jq -e '(.trend | length) == 2 and all(.trend[]; .other_rules == false)
        and .trend[-1].pass_rate == .totals.pass_rate
        and .trend[-1].coverage == .totals.coverage
        and .trend[-1].at_risk == .totals.at_risk' \
        out/fleet-$use-2026-11-report.json >jq.out || fail "$use: other numbers"
done
page=out/fleet-monthly-2026-11.html
grep -q 'class="cut"' $page && fail 'a mark where no rule changed'

mkdir rules
cat >rules/X-01-own.sql <<'EOF'
-- id: X-01
-- title: A rule of our own
-- scope: device
-- severity: low
-- uses: monthly
-- loses:
-- facts: filevault
-- why: to change the rules
-- fix: R0
SELECT device_id, TRUE AS applies, FALSE AS fails FROM device_posture
EOF
month 2026-11 2026-11-27 --rules rules
jq -e '[.trend[].other_rules] == [false, true]' \
    out/fleet-monthly-2026-11-report.json >jq.out || fail 'no mark in JSON'
[ "$(grep -o 'class="cut"' $page | wc -l)" = 1 ] || fail 'no line in the chart'
grep -q '>2026-11\*</text>' $page || fail 'no star in the chart'
grep -q '2026-11</span> <span class="quiet">other rules than before' $page ||
    fail 'no word in the table of the chart'
# A period is one word: on a telephone it is not cut at its hyphen.
grep -qF '.nw { white-space: nowrap; }' $page || fail 'no rule for one word'
python3 - $page <<'PY' || fail 'a period may be cut in two'
import re, sys
page = open(sys.argv[1], encoding="utf-8").read()
main = re.sub(r"(?s)<(script|style|svg)\b.*?</\1>", "", page)
main = main[main.index("<body"):]
assert main.count('<span class="nw">2026-1') >= 5, main.count('class="nw">2026-1')
bare = re.sub(r'<span class="nw">[^<]*</span>', "", main)
left = re.findall(r"[^<>]{0,40}\b2026-1[01]\b(?![-.\w])[^<>]{0,20}", bare)
print(left)
assert not left, left
PY
mkdir x
(cd x && unzip -q ../out/fleet-monthly-2026-11.xlsx)
grep -q '>changed<' x/xl/sharedStrings.xml x/xl/worksheets/sheet1.xml ||
    fail 'no word in the workbook'
finish
