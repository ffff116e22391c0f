#!/bin/sh
# Branding: what [report] and [client "Name"] say is what the reports show.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

demo=$PWD/fixtures/demo/2026-11
cd "$dir"
# 1 x 1 pixel
printf %s iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC |
    base64 -d >logo.png
echo '<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>' >logo.svg
cat >muster.conf <<'EOF'
[report]
contact = desk@example.com
[client "harbor-dental"]
display_name = Harbor & Sons <Dental>
confidentiality = For the board only
logo = logo.png
accent = #ffd000
white_label = yes
[client "quill-and-co"]
logo = logo.svg
EOF
ends 0 'accent: too light to read' "$muster" check
ends 0 '' "$muster" run -q -d b.db -o out -F html,xlsx,json,helpdesk \
    --client-per-folder --each-client --period 2026-11 --as-of 2026-11-27 "$demo"
page=out/harbor-dental/harbor-dental-monthly-2026-11.html
has() { # FILE TEXT...
    file=$1
    shift
    for text in "$@"; do
        grep -qF -- "$text" "$file" || fail "$file lacks $text"
    done
}
has $page '<h1><bdi>Harbor &amp; Sons &lt;Dental&gt;</bdi></h1>' \
    'src="data:image/png;base64,iVBORw0KGgo' \
    'alt="Harbor &#38; Sons &#60;Dental&#62;"' 'For the board only' \
    'Questions: <bdi>desk@example.com</bdi>' '.5rem solid #ffd000'
grep -q '^:root { --accent: #ffd000' $page && fail 'an accent nobody can read'

# White label: no page and no sheet names the program.
for file in out/harbor-dental/*.html; do
    grep -qi muster "$file" && fail "$file names the program"
done
mkdir x
(cd x && unzip -q ../out/harbor-dental/harbor-dental-monthly-2026-11.xlsx)
[ -f x/xl/media/image1.png ] || fail 'the workbook has no picture'
cmp -s x/xl/media/image1.png logo.png || fail 'the picture is another one'
has x/docProps/app.xml 'Harbor &amp; Sons &lt;Dental&gt;'
has x/xl/worksheets/sheet1.xml 'For the board only'
grep -rqi muster x && fail 'the workbook names the program'

# Others have what is theirs: an SVG on the page alone, the general contact.
page=out/quill-and-co/quill-and-co-monthly-2026-11.html
has $page 'src="data:image/svg+xml;base64,' 'Made offline by muster' \
    'Questions: <bdi>desk@example.com</bdi>'
grep -q 'Harbor & Sons' $page && fail 'a name of another client'
has out/fleet-monthly-2026-11-portfolio.html 'Harbor &amp; Sons &lt;Dental&gt;' \
    "Macs at 3 clients are at risk" "<th scope=\"row\">All clients</th><td>63</td>"
# The sum row has the rate over all checks of all clients, as the fleet's own
# report has it, and the share of checks that it speaks of.
tallied() { # RESULTS: of the counted rules of the month
    sqlite3 b.db "SELECT coalesce(sum(t.count), 0) FROM tally t JOIN rule r USING
        (period_id, rule_no) WHERE t.result IN ($1) AND r.kind = 'counted' AND
        (r.uses = '' OR ' ' || r.uses || ' ' LIKE '% monthly %')"
}
sums=$(python3 - "$(tallied "'pass'")" "$(tallied "'fail'")" \
    "$(tallied "'unknown', 'stale', 'notchecked', 'error'")" <<'PY'
import sys
p, f, o = map(int, sys.argv[1:])
print("%.1f|%.1f" % (100 * p / (p + f), 100 * (p + f) / (p + f + o)))
PY
)
found=$(sed -n '/All clients<\/th>/s/<[^>]*>/|/gp' \
    out/fleet-monthly-2026-11-portfolio.html | tr -s '|' |
    grep -oE '[0-9]+(\.[0-9]+)?.{0,3}%' | tr -cd '0-9.\n' | paste -sd'|' -)
[ "$found" = "$sums" ] || fail "the sum row says $found, not $sums"
ends 0 '' "$muster" verify -q -d b.db out

# A client's page counts its own accounts, not those of all clients.
ends 0 '' "$muster" report -q -d b.db -o one --client quill-and-co -F html,csv
accounts=$(($(wc -l <one/quill-and-co-monthly-2026-11-accounts.csv) - 1))
has one/quill-and-co-monthly-2026-11.html "With $accounts accounts."

# What cannot be shown is refused with its place; the other clients go on.
sed -i 's/<rect\/>/<script\/>/' logo.svg
ends 5 'muster.conf:10: logo: logo.svg holds <script' "$muster" check
ends 5 'quill-and-co: muster.conf:10: logo: logo.svg holds <script' \
    "$muster" report -d b.db -o out --each-client -F html
ends 0 '' "$muster" report -q -d b.db -o out --client harbor-dental -F html
finish
