#!/bin/sh
# Install the Debian packages named as arguments, those that are missing.
# Works as root or with sudo, and says what it needs otherwise.
set -eu

missing=
for p in "$@"; do
    dpkg-query -W -f '${Status}' "$p" 2>/dev/null |
        grep -q 'ok installed' || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "deps: this needs Debian's apt-get; install by hand:$missing" >&2
    exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
    sudo=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo=sudo
elif command -v sudo >/dev/null && [ -t 0 ]; then
    sudo=sudo
else
    echo "deps: run it as root or with sudo; missing packages:$missing" >&2
    exit 1
fi
echo "deps: installing$missing"
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
# shellcheck disable=SC2086 # the list is meant to be split
$sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null
