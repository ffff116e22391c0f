#!/bin/sh
# The program links nothing that resolves a name and asks for no socket.
set -eu
cd "$(dirname "$0")/../.."
muster=$1/muster
if nm -D --undefined-only "$muster" |
    grep -wE 'socket|connect|getaddrinfo|gethostbyname|sendto|bind|listen' |
    grep .; then
    echo "the program can reach a network"
    exit 1
fi
for f in worksheet_write_url worksheet_write_formula system popen; do
    if nm -D --undefined-only "$muster" | grep -wq "$f"; then
        echo "the program calls $f"
        exit 1
    fi
done
echo "no socket, no resolver, no shell"
