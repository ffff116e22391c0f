#!/bin/sh
# Recovery keys and passwords, planted in every kind of place, are found nowhere
# afterwards: database, reports (workbook unzipped), both output streams, and
# whatever is left in the folders the program wrote to.
set -eu
cd "$(dirname "$0")/../.."
muster=$PWD/$1/muster
case $1 in /*) muster=$1/muster ;; esac
dir=$(mktemp -d "${TMPDIR:-/tmp}/muster-canary.XXXXXX")
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/in" "$dir/tmp" "$dir/out"
key() { printf 'CNRY-%s-ZZ9Q-K7WX-T4VB-M2NR' "$1"; }

# Canonical: unknown columns, kept columns, names, a malformed row, an account.
cat >"$dir/in/devices.csv" <<EOF
serial,name,filevault,os_version,notes,Recovery Key,Admin Password,Bypass Code,asset_tag
C02CANARY001,$(key AA01),on,15.1,key $(key AA02) in text,$(key AA03),SecretPw-CNRY1,CNRYBYPASS1,$(key AA04)
C02CANARY002,mac,$(key AA05),$(key AA06),,,SecretPw-CNRY2,,
,nameless,on,15.1,$(key AA07),$(key AA08),SecretPw-CNRY3,CNRYBYPASS2,
C02CANARY003,mac,on,15.1,$(key AA09),$(key AB01),SecretPw-CNRY4,CNRYBYPASS3,x,surplus $(key AB02)
C02CANARY004,mac,on,15.1,$(key AB11 | tr 'A-Z' 'a-z'),$(key AB12 | sed 's/-/\xe2\x80\x93/g'),,,
EOF
sed -i '/surplus/d' "$dir/in/devices.csv"
cat >"$dir/in/ragged.csv" <<EOF
serial,name,Recovery Key
C02CANARY005,mac,$(key AB03),surplus $(key AB04)
EOF
cat >"$dir/in/accounts.csv" <<EOF
serial,account,full_name,secure_token,password_hint,password
C02CANARY001,ana,$(key AB05),true,SecretPw-CNRY5,SecretPw-CNRY6
C02CANARY001,$(key AB06),x,true,,
EOF
cat >"$dir/in/nested.json" <<EOF
[{"serial":"C02CANARY006","name":"n","diskEncryption":{"personalRecoveryKey":"$(key AB07)"},
  "$(key AB08)":"odd key","unlock_pin":"918273","deep":{"x":[{"recovery_key":"$(key AB09)"}]},
  "accounts":[{"account":"bo","secure_token":true,"password":"SecretPw-CNRY7"}]}]
EOF
printf '[{"serial":"C02CANARY007","recovery_key":"%s",}]' "$(key AB10)" \
    >"$dir/in/broken.json"
n=0
for f in devices ragged accounts; do
    "$muster" ingest -d "$dir/c.db" --as-of 2026-11-24 --keep notes \
        --keep "Recovery Key" --keep "Admin Password" "$dir/in/$f.csv" \
        >>"$dir/out/stdout" 2>>"$dir/out/stderr" || true
    n=$((n + 1))
done
for f in nested broken; do
    "$muster" ingest -v -d "$dir/c.db" --as-of 2026-11-24 "$dir/in/$f.json" \
        >>"$dir/out/stdout" 2>>"$dir/out/stderr" || true
done
for f in devices.csv nested.json; do
    "$muster" sources check "$dir/in/$f" >>"$dir/out/stdout" \
        2>>"$dir/out/stderr" || true
    "$muster" sources scaffold "$dir/in/$f" >>"$dir/out/stdout" \
        2>>"$dir/out/stderr" || true
done
TMPDIR=$dir/tmp "$muster" run -v --json -d "$dir/c.db" --as-of 2026-11-24 \
    -o "$dir/out/reports" "$dir/in/devices.csv" "$dir/in/accounts.csv" \
    >>"$dir/out/stdout" 2>>"$dir/out/stderr" || true
for s in C02CANARY001 C02CANARY002 C02CANARY006; do
    "$muster" explain -d "$dir/c.db" $s >>"$dir/out/stdout" \
        2>>"$dir/out/stderr" || true
    "$muster" explain --json -d "$dir/c.db" $s >>"$dir/out/stdout" \
        2>>"$dir/out/stderr" || true
done
mkdir "$dir/out/xlsx"
for x in "$dir"/out/reports/*.xlsx; do
    unzip -q -o "$x" -d "$dir/out/xlsx"
done
[ -s "$dir/c.db" ] || { echo "nothing was ingested"; exit 1; }
grep -q C02CANARY001 "$dir"/out/reports/*devices.csv ||
    { echo "no report of the canaries' Macs"; exit 1; }
if grep -raEi 'ZZ9Q.{1,3}K7WX|SecretPw-CNRY|CNRYBYPASS|918273|CNRY-A' \
    "$dir/c.db" "$dir/out" "$dir/tmp"; then
    echo "a secret was kept"
    exit 1
fi
echo "28 secrets planted, none found"
