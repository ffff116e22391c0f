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

# Every mapping is on the page of sources; every key and word that the reader of
# mappings takes is on the page that says how to write one.
python3 - <<'E_'
import glob, os, re, sys

missing = []


def tells(page, words, what):
    text = open(page, encoding="utf-8").read()
    for word in sorted(words):
        if not re.search(r"[`\"]" + re.escape(word) + r"[`\"]", text):
            missing.append(f"{page} does not name the {what} {word}")


ids = {os.path.basename(f)[:-5] for f in glob.glob("ingest/sources/*.json")}
tells("docs/sources.md", ids, "mapping")
keys, words = set(), set()
for file in glob.glob("ingest/source.c") + glob.glob("ingest/mapping_*.c"):
    text = open(file, encoding="utf-8").read()
    for found in re.findall(r"\bknown\[\] = \{(.*?)\};", text, re.S):
        keys |= set(re.findall(r'"(\w+)"', found))
    for found in re.findall(r"\bnames\[\] = \{(.*?)\};", text, re.S):
        words |= set(re.findall(r'"(\w+)"', found))
if len(ids) < 30 or len(keys) < 30 or not {"column", "detect"} <= keys or \
        not {"packed", "volume_owner"} <= words:
    sys.exit("docs.sh does not find the mappings, or what their reader takes")
tells("docs/mappings.md", keys, "key")
tells("docs/mappings.md", words - {"plain"}, "word")
print("\n".join(missing))
sys.exit(bool(missing))
E_
echo "rules page and sources up to date, $n links lead somewhere"
