#!/bin/sh
# One digit changed in any file ends verify with 3, also where the manifest was
# made to agree: then the database does not.
# shellcheck source=tests/support/e2e.sh
. "$(dirname "$0")/../support/e2e.sh"

cd "$dir"
cat >macs.csv <<CSV
serial,client,name,assigned_user,assigned_email,filevault,last_checkin,os_version
C02VERI01,Northwind,one,Ann Lee,ann@north.example,off,2026-11-29,15.1
C02VERI02,Northwind,two,Bo Day,bo@north.example,off,2026-11-29,15.1
C02VERI03,Umbra,three,Cy Ray,cy@umbra.example,on,2026-11-29,15.1
CSV
cat >brand.conf <<CONF
[report]
accent = #0a5c36
contact = help@msp.example
CONF
all=csv,json,xlsx,html,md,next,helpdesk
ends 0 '' "$muster" run -q -c brand.conf -d m.db -o out -F $all --each-client \
    --period 2026-11 --as-of 2026-11-30 macs.csv
ends 0 'as the manifests say and the database' "$muster" verify -c brand.conf \
    -d m.db out
grep -q 'only counted' stderr && fail 'not all was made again'
# With other settings pages cannot be made again, and it says so.
ends 0 'of them only counted' "$muster" verify -d m.db out

# One digit of a file becomes another; with "agree" the manifest is made true.
cat >tamper.py <<'PY'
import hashlib, json, re, sys, zipfile
path, agree = sys.argv[1:3]
data = open(path, "rb").read()


def other(m):
    return m.group(1) + (b"7" if m.group(2) != b"7" else b"8") + m.group(3)


def one(text, pattern):
    new, n = re.subn(pattern, other, text, count=1, flags=re.S)
    assert n == 1 and new != text, (path, pattern)
    return new


if path.endswith(".xlsx"):
    z = zipfile.ZipFile(path)
    parts = [(i, z.read(i)) for i in z.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for i, part in parts:
            if i.filename == "xl/worksheets/sheet1.xml":
                part = one(part, rb"(<v>)(\d)(</v></c>)(?=.*)")
            out.writestr(i, part)
elif path.endswith(".html"):
    body = data.index(b"<body")
    open(path, "wb").write(data[:body] + one(data[body:], rb"([ >])(\d)(.)"))
else:  # a digit, outside of names
    open(path, "wb").write(one(data, rb"(.)(\d)(.)"))
if agree == "agree":
    data = open(path, "rb").read()
    folder, name = path.rsplit("/", 1)
    for m in __import__("glob").glob(folder + "/*-manifest.json"):
        j = json.load(open(m))
        for o in j["outputs"]:
            if o["name"] == name:
                o["sha256"] = hashlib.sha256(data).hexdigest()
                o["bytes"] = len(data)
        json.dump(j, open(m, "w"))
PY
kinds=0
for f in out/northwind/northwind-monthly-2026-11* out/fleet-*portfolio.html; do
    case $f in *-manifest.json) continue ;; esac
    grep -q '[0-9]' "$f" || continue
    [ "$(wc -l <"$f")" -gt 1 ] || continue # a header alone
    for agree in no agree; do
        rm -rf copy
        cp -r out copy
        python3 tamper.py "copy${f#out}" $agree || fail "$f: no digit"
        ends 3 'was found' "$muster" verify -q -c brand.conf -d m.db copy
        name=$(basename "$f")
        grep -q "^$name: " stdout || fail "$name is not told"
    done
    kinds=$((kinds + 1))
done
[ "$kinds" -ge 15 ] || fail "only $kinds files"
# A number of the manifest itself.
rm -rf copy
cp -r out copy
sed -i '0,/"rows":\([0-9]\)/s//"rows":9\1/' copy/umbra/*-manifest.json
ends 3 'found' "$muster" verify -q -c brand.conf -d m.db copy

# The same as JSON: nothing else on standard output, the same status.
ends 0 '' "$muster" report -q -d "$dir/m.db" -o "$dir/asjson" -F csv
json() { "$muster" verify --json -q -d "$dir/m.db" "$dir/asjson" | jq -c "$1"; }
says '[true,0,[]]' json '[.database, .only_counted, .differences]'
for f in "$dir"/asjson/*-clients.csv; do
    printf 'x\r\n' >>"$f"
done
says '["was changed after it was written","holds 3 rows, its manifest says 2"]' \
    json '[.differences[].difference | split(" (")[0]]'
ends 3 '2 differences were found' "$muster" verify --json -d "$dir/m.db" "$dir/asjson"

# What a manifest says of the exports and of the period before, too.
m=$(ls "$dir"/asjson/*-manifest.json)
altered() { # JQ DIFFERENCE
    rm -rf "$dir/asjson"
    check again "$muster" report -q -d "$dir/m.db" -o "$dir/asjson" -F csv
    ends 0 '' "$muster" verify -d "$dir/m.db" "$dir/asjson"
    jq "$1" "$m" >"$dir/m.json"
    cat "$dir/m.json" >"$m"
    ends 3 '1 difference was found' "$muster" verify -d "$dir/m.db" "$dir/asjson"
    grep -qF "$2" "$dir/stdout" "$dir/stderr" || fail "not told: $2"
}
altered '.inputs[0].records += 1' 'tells of other exports than the database'
altered '.inputs[0].collected = "2026-11-28T00:00:00Z"' 'tells of other exports'
altered '.before = "2026-10"' '"2026-10" is not the period before 2026-11'
finish
