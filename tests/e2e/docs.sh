#!/bin/sh
# The documents are true: generated pages are up to date, links lead somewhere.
set -eu
cd "$(dirname "$0")/../.."
python3 docs/rules.py --check
n=0
for f in *.md docs/*.md; do
    for link in $(grep -oE '\]\([^)#]+' "$f" | cut -c3- | grep -v '^http'); do
        n=$((n + 1))
        [ -e "$(dirname "$f")/$link" ] || {
            echo "$f: $link is not there"
            exit 1
        }
    done
done
echo "rules page up to date, $n links lead somewhere"
