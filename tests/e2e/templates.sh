#!/bin/sh
# muster init --templates: the reports' templates as files, and what is changed
# in them shows in the report.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

mine=$dir/mine
check init "$muster" init --templates "$mine"
for f in templates/*; do
    cmp -s "$f" "$mine/${f#templates/}" || fail "$f was not written as it is"
done
[ ! -e muster.conf ] || fail 'a configuration was written too'
check 'as written' "$muster" check --templates "$mine"

echo keep >"$mine/helpdesk.css"
rm "$mine/report.js"
ends 6 'exists; nothing was written' \
    "$muster" init --templates "$mine"
[ "$(cat "$mine/helpdesk.css")" = keep ] || fail 'a refused init wrote a file'
[ ! -e "$mine/report.js" ] || fail 'a refused init wrote what was missing'
check force "$muster" init --force --templates "$mine"
cmp -s templates/helpdesk.css "$mine/helpdesk.css" || fail 'force does nothing'

# A changed page, and one that names what there is not.
cat >"$dir/macs.csv" <<'CSV'
serial,client,name,os_version,observed_at
C02TEMPL01,Northwind,one,15.1,2026-11-20
CSV
cat >"$dir/accounts.csv" <<'CSV'
serial,account,admin,secure_token
C02TEMPL01,anna,yes,yes
CSV
sed -i 's/May this password be reset?/Ask Northwind first/' "$mine/helpdesk.html"
check run "$muster" run -q -d "$dir/m.db" -o "$dir/out" -F html,helpdesk \
    --as-of 2026-11-30 --templates "$mine" "$dir/macs.csv" "$dir/accounts.csv"
grep -q 'Ask Northwind first' "$dir"/out/*-helpdesk.html ||
    fail 'the change does not show'
sed -i 's/<h1>All clients/<h1>Our clients/' "$mine/portfolio.html"
check each "$muster" report -q -d "$dir/m.db" -o "$dir/out" -F html \
    --each-client --templates "$mine"
grep -q '<h1>Our clients, <span class="nw">2026-11</span></h1>' "$dir"/out/*-portfolio.html ||
    fail 'the change of the portfolio does not show'
grep -q '<a href="northwind/northwind-monthly-2026-11.html">Northwind</a>' \
    "$dir"/out/*-portfolio.html || fail 'no link to the page of the client'
[ -f "$dir/out/northwind/northwind-monthly-2026-11.html" ] ||
    fail 'the link leads nowhere'
cp "$mine/portfolio.html" "$dir/good.html"
echo '{{nmae}}' >>"$mine/portfolio.html"
ends 5 'unknown name "nmae"' "$muster" check --templates "$mine"
mv "$dir/good.html" "$mine/portfolio.html"
echo '{{nmae}}' >>"$mine/helpdesk.html"
ends 5 'helpdesk.html:48:1: ' "$muster" check --templates "$mine"
ends 5 'helpdesk.html:48:1: ' "$muster" report -q -d "$dir/m.db" \
    -o "$dir/out" -F helpdesk --templates "$mine"
finish
