#!/usr/bin/env bash
# The pages' tools, run where package.json is: installs what package-lock.json names, writes the messages in TypeScript, then
#   web.sh test [RESULTS]      the tests of their parts; RESULTS: where to write them down, as JUnit
#   web.sh build               the pages, into clients/web/dist, compressed beside
#   web.sh browsers [RESULTS]  the pages in a browser against a hub and Redis: tests/pages. TOCSIN_BUILD names the hub's build
#   web.sh check               format, lint, types
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=deploy/dev/lib.sh
source deploy/dev/lib.sh

top=$PWD
results=${2:+$(realpath "$2")}
export CI=true NO_COLOR=1 npm_config_update_notifier=false
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# What package-lock.json in this directory names. npm writes the file that is asked for last. Not `npm ci`: it asks for the
# packages of all platforms, which not every registry has.
install() {
    [[ node_modules/.package-lock.json -nt package-lock.json ]] && return
    say "installing $1"
    npm install --no-save --no-fund --no-audit >"$log" 2>&1 || {
        tail -n 5 "$log" >&2
        fail "npm cannot install what ${PWD#"$top"/}/package-lock.json names (above: its last words)"
    }
    touch node_modules/.package-lock.json
}
vitest() {
    node_modules/.bin/vitest run --reporter=default ${results:+--reporter=junit --outputFile.junit="$results"}
}
pages() {
    cd "$top/clients/web"
    install "the pages' tools"
    ./generate.sh
}
browsers() {
    cd "$top/tests/pages"
    install "the tools of the browser tests"
}

case $1 in
    test)
        pages
        vitest
        ;;
    build)
        [[ -e clients/web/volunteer.html ]] || fail "there are no pages in clients/web yet"
        pages
        node_modules/.bin/vite build --logLevel warn >"$log" 2>&1 || {
            tail -n 20 "$log" >&2
            fail "the pages cannot be built, see above"
        }
        node "$top/deploy/dev/compress.mjs" dist
        ;;
    browsers)
        browsers
        vitest
        ;;
    check)
        pages
        node_modules/.bin/biome ci --colors=off . && node_modules/.bin/tsc
        browsers
        "$top/clients/web/node_modules/.bin/biome" ci --colors=off --config-path="$top/clients/web" . && node_modules/.bin/tsc
        ;;
    *) fail "web.sh test|build|browsers|check" ;;
esac
