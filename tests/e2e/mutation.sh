#!/bin/sh
# slow: a rule that is made wrong makes one of its cases fail.
# MUTANTS=n     how many, evenly over all rules (60); "all" for every one
# MUTANTS_OF=ID only those of these rules
set -eu
cd "$(dirname "$0")/../.."
muster=$PWD/$1/muster
case $1 in /*) muster=$1/muster ;; esac
work=$(mktemp -d "${TMPDIR:-/tmp}/muster-mutation.XXXXXX")
trap 'rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1
# shellcheck disable=SC2086
"${PYTHON:-/usr/bin/python3}" tests/support/mutate.py "$muster" analyze/rules \
    "$work" tests/support/mutation-equivalent.txt "${MUTANTS:-60}" \
    ${MUTANTS_OF:-}
