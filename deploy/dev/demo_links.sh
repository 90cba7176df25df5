#!/usr/bin/env bash
# Makes a link for each page of the demo, signed in as one of its people, and prints them; also into var/demo/NAME.link. Each
# person has a host name of his own, so that one browser can be several people. A link works once, and for a day.
#   demo_links.sh URL        the hub of var/hub.yaml must be running there, with its people
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=deploy/dev/lib.sh
source deploy/dev/lib.sh

url=$1
port=${url##*:}
umask 077
echo "  In a browser on this machine (each link works once; afterwards the page stays signed in):"
while read -r name page; do
    link=var/demo/$name.link
    said=$(build/tocsin --hub "$url" --token-file var/demo/admin.token admin device add "$name" --label "demo browser" \
        --link --at "http://$name.localhost:$port" --valid 86400 --token-out "$link" 2>&1) ||
        fail "no link for $name: $(tail -n 1 <<<"$said")"
    printf '    %-9s %s\n' "$page" "$(<"$link")"
done <<PEOPLE
volunteer-1 /
officer-baoguo /console
fire-desk /console
grid-worker-1 /grid
searcher-1 /search
PEOPLE
