#!/bin/sh
# Make the pictures of the README from the reports of the demo fleet.
# usage: pictures.sh MUSTER WORKDIR
set -eu
muster=$1
work=$2
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$work" "$here/images"
sh "$here/../fixtures/demo/run.sh" "$muster" "$work/reports" >/dev/null 2>&1
db=$(dirname "$muster")/demo.db
"$muster" report -q -d "$db" --use migration -F html -o "$work/reports"
"$muster" report -q -d "$db" -F helpdesk -o "$work/reports"
shoot() { # page, picture, width, height, text to type
    node "$here/../tests/browser/shoot.mjs" "$work/reports/$1.html" \
        "$here/images/$2.png" "$3" "$4" ${5:+"$5"}
}
shoot fleet-monthly-2026-11 monthly 1180 860
shoot fleet-migration-2026-11 migration 1180 860
shoot fleet-monthly-2026-11-helpdesk helpdesk 900 620 HD017
ls -l "$here/images"
