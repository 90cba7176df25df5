#!/usr/bin/env bash
# Sees to it that the demo district is in the store and that var/demo/NAME.token lets each demo person in: what is missing or
# refused is made, the rest left alone. After the store was wiped, everything is made again.
#   demo_people.sh URL        the hub of var/hub.yaml must be running there
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=deploy/dev/lib.sh
source deploy/dev/lib.sh

url=$1
as() { build/tocsin --hub "$url" --token-file "var/demo/$1.token" "${@:2}"; }
# Whether the token of NAME is there and accepted. What every role may ask; exit code 1 is the hub's no.
let_in() {
    [[ -s var/demo/$1.token ]] || return 1
    local status=0
    as "$1" incident list >/dev/null 2>&1 || status=$?
    ((status <= 1)) || fail "the hub at $url does not answer (exit code $status); see var/log/hub.log"
    return "$status"
}

umask 077
if ! let_in admin; then
    rm -f var/demo/admin.token
    build/tocsin-hub --config var/hub.yaml --admin-token-out var/demo/admin.token >>var/log/demo.log 2>&1 ||
        fail "no token for the admin (var/log/demo.log): $(last_reason var/log/demo.log)"
fi

mapfile -t people < <(sed -n 's/^  - id: *//p' config/pingfang/people.yaml)
known=$(as admin admin person list) || fail "the hub does not list its people: $known"
for name in "${people[@]}"; do
    if ! grep -q "\"id\": *\"$name\"" <<<"$known"; then
        said=$(as admin admin district load config/pingfang 2>&1) || fail "the demo district was not loaded: $(tail -n 1 <<<"$said")"
        break
    fi
done

for name in "${people[@]}"; do
    if ! let_in "$name"; then
        rm -f "var/demo/$name.token"
        said=$(as admin admin device add "$name" --token-out "var/demo/$name.token" 2>&1) ||
            fail "no token for $name: $(tail -n 1 <<<"$said")"
    fi
done
