#!/usr/bin/env bash
# Plays the five stories against the hub of `make run`. Arguments go to the player: demo.sh S2
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=deploy/dev/lib.sh
source deploy/dev/lib.sh

if ! our_pid var/run/hub.pid >/dev/null || [[ ! -s var/run/url ]]; then
    fail "no hub runs here: \`make run\` in another terminal first"
fi
deploy/dev/packages.sh test
export PYTHONDONTWRITEBYTECODE=1
exec /usr/bin/python3 tests/integration/stories.py --hub "$(<var/run/url)" --tokens var/demo "$@"
