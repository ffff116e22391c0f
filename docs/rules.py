#!/usr/bin/env python3
"""Write docs/rules.md from the rule files, their cases and the remedies.

usage: rules.py [--check]   (--check: exit 1 where the page is out of date)
"""
import glob
import json
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MODULES = [("bootstrap-token", "Bootstrap token"), ("secure-token", "Secure token"),
           ("password", "Password resets"), ("filevault", "FileVault"),
           ("ownership", "Volume ownership"), ("enrollment", "Enrollment and contact"),
           ("recovery", "Recovery and erase"), ("admin", "Administrator accounts"),
           ("migration", "Migration"), ("data", "The data itself")]


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


def header(text):
    """The header of a rule: keys, and the SELECT that follows."""
    keys, last, body = {}, None, []
    lines = text.split("\n")
    for i, line in enumerate(lines):
        m = re.match(r"-- ([a-z]+): ?(.*)$", line)
        if m:
            last = m.group(1)
            keys[last] = m.group(2).strip()
        elif last and re.match(r"--   +\S", line):
            keys[last] += " " + line[2:].strip()
        else:
            body = lines[i:]
            break
    return keys, "\n".join(body).strip()


def number(rule_id):
    m = re.match(r"([A-Z]+)-(\d+)", rule_id)
    return (m.group(1), int(m.group(2))) if m else (rule_id, 0)


def cases(path):
    path = path[:-4] + ".cases.jsonl"
    if not os.path.exists(os.path.join(ROOT, path)):
        return []
    return [json.loads(x) for x in read(path).splitlines() if x.strip()]


def rule_text(path, remedies):
    keys, body = header(read(path))
    out = ["### %s %s" % (keys["id"], keys["title"]), ""]
    kind = {"report-only": "Reported, never counted. ", "cause":
            "A cause, shown inside the finding that it explains. ", "engine":
            "Made by the program. "}.get(keys.get("kind", ""), "")
    severity = keys["severity"]
    steps = sorted(set(re.findall(r"'(critical|high|medium|low|info)'", body)) - {severity},
                   key="critical high medium low info".split().index)
    out.append("*%s* · severity %s%s · %s" % (
        "each account" if keys["scope"] == "account" else "each Mac", severity,
        " (or %s)" % ", ".join(steps) if steps else "",
        kind + "in " + ", ".join(keys["uses"].split()) if keys.get("uses") else kind))
    out += ["", keys["why"], ""]
    if keys.get("facts"):
        out.append("- Needs: `%s`" % keys["facts"].replace("|", "` or `").replace(", ", "`, `"))
    if keys.get("loses"):
        out.append("- What the Mac cannot do then: %s" % ", ".join(keys["loses"].split()))
    if keys.get("fix"):
        out.append("- What to do: " + "; ".join(
            "%s %s" % (r, remedies.get(r, {}).get("title", "")) for r in keys["fix"].split()))
    if keys.get("ref"):
        out.append("- Reference: %s" % keys["ref"])
    c = cases(path)
    if c:
        out.append("- Proved by %d cases; `muster rules test %s`" % (len(c), keys["id"]))
        out.append("- Fails, for example: %s" % next(
            (x["case"] for x in c if x.get("expect") == "fail"), "never"))
    out.append("")
    return out


def front(text):
    keys, last, rest = {}, None, []
    lines = text.split("\n")
    for i, line in enumerate(lines):
        m = re.match(r"(?:-- )?([a-z]+): ?(.*)$", line)
        if m:
            last = m.group(1)
            keys[last] = m.group(2).strip()
        elif line.startswith(" ") and last:
            keys[last] += " " + line.strip()
        elif not line.strip():
            rest = lines[i + 1:]
            break
    return keys, "\n".join(rest).strip()


def page():
    remedies, remedy_text = {}, []
    paths = glob.glob(os.path.join(ROOT, "analyze/remedies/*.md"))
    found = [front(read(os.path.relpath(p, ROOT))) for p in paths]
    for keys, steps in sorted(found, key=lambda x: int(x[0]["id"][1:])):
        remedies[keys["id"]] = keys
        remedy_text += ["### %s %s" % (keys["id"], keys["title"]), "",
                        "Who: %s · effort: %s · about %s minutes%s" % (
                            keys.get("who", ""), keys.get("effort", ""),
                            keys.get("minutes", ""),
                            " · risk: " + keys["risk"] if keys.get("risk") else ""),
                        "", steps, ""]
        if keys.get("verify"):
            remedy_text += ["To verify: " + keys["verify"], ""]
    out = ["# Rules", "",
           "Made from the files in `analyze/rules/` and `analyze/remedies/` by `make docs`;",
           "`muster rules show ID` prints one with its text and cases.", ""]
    total = 0
    body = []
    for module, title in MODULES:
        files = sorted(glob.glob(os.path.join(ROOT, "analyze/rules", module, "*.sql")),
                       key=lambda p: number(os.path.basename(p)))
        if not files:
            continue
        body += ["## " + title, ""]
        for f in files:
            body += rule_text(os.path.relpath(f, ROOT), remedies)
            total += 1
    out += ["%d rules. What each result means, and why missing data never passes, is in" % total,
            "`analyze/rules/README.md`.", ""] + body
    out += ["# Remedies", ""] + remedy_text
    return "\n".join(out).rstrip() + "\n"


def main():
    text = page()
    path = os.path.join(ROOT, "docs/rules.md")
    if "--check" in sys.argv:
        if not os.path.exists(path) or read("docs/rules.md") != text:
            sys.exit("docs/rules.md is out of date: make docs")
        print("docs/rules.md is up to date")
        return
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


main()
