#!/usr/bin/env bash
# Stops what `make run` started in this tree, and nothing else.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=deploy/dev/lib.sh
source deploy/dev/lib.sh

if our_pid var/run/run.pid >/dev/null; then
    # It stops the hub, then Redis, each within half a minute.
    stop_ours "make run" var/run/run.pid 70
elif ! our_pid var/run/hub.pid >/dev/null && ! our_pid var/run/redis.pid >/dev/null; then
    say "nothing runs here"
    exit 0
fi
# Left over where `make run` was killed.
for name in hub redis; do
    if [[ -e var/run/$name.pid ]]; then stop_ours "the $name" "var/run/$name.pid" 30; fi
done
rm -f var/run/url
say "stopped"
