#!/bin/sh
# Make reports with the program in folder $1 and use them in Chromium.
#
# usage: run.sh BUILD; 77 where Chromium or the packages of package.json are
# missing (make deps installs both)
set -eu
cd "$(dirname "$0")/../.."
B=$1
here=tests/browser
out=$B/browser
chromium=${CHROMIUM:-/usr/bin/chromium}

if ! [ -x "$chromium" ] || ! command -v node >/dev/null ||
    ! [ -d $here/node_modules/playwright-core ]; then
    echo "Chromium, node or the packages of tests/browser are missing"
    exit 77
fi
rm -rf "$out"
mkdir -p "$out"

# The demo fleet in all three uses, and one client of it.
sh fixtures/demo/run.sh "$B/muster" "$out/demo" >"$out/demo.log" 2>&1 || {
    cat "$out/demo.log"
    exit 1
}
demo=$B/demo.db
printf '%s\n' '[report]' 'display_name = Demo & <Sons>' 'accent = #ffd000' \
    'logo = logo.svg' 'confidentiality = "Only" for us' >"$out/brand.conf"
echo '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"><rect
    width="90" height="30" fill="#ffd000"/></svg>' >"$out/logo.svg"
"$B/muster" report -q -c "$out/brand.conf" -d "$demo" -o "$out/demo" -u client \
    -F html --force
"$B/muster" report -q -d "$demo" -o "$out/demo" -u migration -F html --force
"$B/muster" report -q -d "$demo" -o "$out/desk" -F helpdesk
"$B/muster" report -q -d "$demo" -o "$out/one" -u client -F html,csv \
    --client harbor-dental
rm -f "$out"/demo/*2026-10*
"$B/muster" report -q -d "$demo" -o "$out/all" --each-client -F html
rm -rf "$out"/all/*/ "$out"/all/fleet-monthly-2026-11.html # the portfolio alone

# A fleet of more than one page, and names that try to be more than names.
"$B/genfleet" 250 "$out/fleet"
"$B/muster" run -q -d "$out/fleet.db" -o "$out/paged" -F html \
    --as-of 2026-11-30 "$out/fleet"
"$B/muster" run -q -d "$out/names.db" -o "$out/names" -F html \
    --as-of 2026-11-30 $here/names.csv

exec node $here/run.mjs "$out/demo" "$out/all" "$out/desk" "$out/one" "$out/paged" "$out/names"
