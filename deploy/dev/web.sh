#!/usr/bin/env bash
# The pages' tools, run where package.json is: installs what package-lock.json names, writes the messages in TypeScript, then
#   web.sh test [RESULTS]   the tests; RESULTS: where to write them down, as JUnit
#   web.sh check            format, lint, types
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=deploy/dev/lib.sh
source deploy/dev/lib.sh

results=${2:+$(realpath "$2")}
cd clients/web
export CI=true NO_COLOR=1 npm_config_update_notifier=false
# npm writes this file last. Not `npm ci`: it asks for the packages of all platforms, which not every registry has.
if [[ ! node_modules/.package-lock.json -nt package-lock.json ]]; then
    say "installing the pages' tools"
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    npm install --no-save --no-fund --no-audit >"$log" 2>&1 || {
        tail -n 5 "$log" >&2
        fail "npm cannot install what clients/web/package-lock.json names (above: its last words)"
    }
    touch node_modules/.package-lock.json
fi
./generate.sh

case $1 in
    test)
        node_modules/.bin/vitest run --reporter=default \
            ${results:+--reporter=junit --outputFile.junit="$results"}
        ;;
    check)
        node_modules/.bin/biome ci --colors=off . && node_modules/.bin/tsc
        ;;
    *) fail "web.sh test|check" ;;
esac
