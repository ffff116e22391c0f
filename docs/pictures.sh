#!/bin/sh
# Make the pictures of the README from the reports of the demo fleet.
# usage: pictures.sh MUSTER WORKDIR
set -eu
muster=$1
work=$2
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$work" "$here/images"
sh "$here/../fixtures/demo/run.sh" "$muster" "$work/reports" >/dev/null 2>&1
"$muster" report -q -d "$(dirname "$muster")/demo.db" --use migration \
    -F html -o "$work/reports"
work=$(cd "$work" && pwd)
shoot() { # page, picture, size
    chromium --headless --no-sandbox --disable-gpu --hide-scrollbars \
        --disable-quic --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync \
        --user-data-dir="$work/profile" --window-size="$3" \
        --screenshot="$here/images/$2.png" "file://$work/reports/$1" \
        >/dev/null 2>&1
}
shoot fleet-monthly-2026-11.html monthly 1180,860
shoot fleet-migration-2026-11.html migration 1180,860
ls -l "$here/images"
