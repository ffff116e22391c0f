#!/bin/sh
# Install what the browser tests need beside Chromium, as the lock file says.
set -eu
cd "$(dirname "$0")"
if cmp -s package-lock.json node_modules/.installed; then
    exit 0
fi
npm ci --ignore-scripts --no-audit --no-fund
cp package-lock.json node_modules/.installed
