#!/bin/sh
# seeds.sh CORPUS - what the fuzz targets start from, taken from the fixtures:
# small files into CORPUS/fuzz_NAME. Some targets read a first byte that
# chooses how the rest is taken.
set -eu
cd "$(dirname "$0")/../.."
corpus=${1:?usage: seeds.sh CORPUS}

# seed TARGET FIRST FILE...: files of less than 32 KiB, after a first text
seed() {
    to=$corpus/$1 first=$2
    mkdir -p "$to"
    shift 2
    for f in "$@"; do
        [ -f "$f" ] || continue
        [ "$(wc -c <"$f")" -lt 32768 ] || continue
        { printf %s "$first" && cat "$f"; } \
            >"$to/seed-$(echo "$f" | tr / -)$first"
    done
}

rm -rf "$corpus"/*/seed-*
for d in fixtures/sources fixtures/sources/* fixtures/demo/*; do
    [ -d "$d" ] || continue
    seed fuzz_csv "" "$d"/*.csv
    for first in 0 1 2 3; do seed fuzz_json $first "$d"/*.json "$d"/*.jsonl; done
    seed fuzz_plist "" "$d"/*.plist
    seed fuzz_command "" "$d"/*.txt
    # The remainders of these characters by six: csv json jsonl plist txt.
    seed fuzz_ingest 0 "$d"/*.csv
    seed fuzz_ingest 1 "$d"/*.json
    seed fuzz_ingest 2 "$d"/*.jsonl
    seed fuzz_ingest 3 "$d"/*.plist
    seed fuzz_ingest 4 "$d"/*.txt
done
seed fuzz_mapping "" ingest/sources/*.json
seed fuzz_template "" templates/*.html
seed fuzz_rule "" analyze/rules/*/*.sql
