#!/usr/bin/env bash
# Builds, starts a private Redis and the hub, sees to it that the demo district and its people are there, and stays in the
# foreground. Ctrl-C, or `make stop` from elsewhere, stops the hub, then Redis.
#
#   TOCSIN_PORT=8080        where clients connect
#   TOCSIN_ADMIN_PORT=9180  health and metrics
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=deploy/dev/lib.sh
source deploy/dev/lib.sh

port=${TOCSIN_PORT:-8080}
admin_port=${TOCSIN_ADMIN_PORT:-9180}
url=http://127.0.0.1:$port
for number in "$port" "$admin_port"; do
    if ! [[ $number =~ ^[1-9][0-9]{0,4}$ ]] || ((number > 65535)); then
        fail "'$number' is not a port: TOCSIN_PORT and TOCSIN_ADMIN_PORT want a number from 1 to 65535"
    fi
done

mkdir -p var/run var/log var/demo var/redis
chmod 700 var/redis var/demo
exec 9>var/run/lock
if ! flock -n 9; then
    if [[ -s var/run/url ]]; then
        say "runs already at $(<var/run/url); \`make stop\` stops it"
        exit 0
    fi
    fail "another \`make run\` is starting here; wait for it, or \`make stop\`"
fi

shut_down() {
    trap - EXIT
    trap '' INT TERM HUP
    rm -f var/run/url
    stop_ours "the hub" var/run/hub.pid 30
    stop_ours "Redis" var/run/redis.pid 30
    rm -f var/run/run.pid
}
finish() {
    local status=$?
    shut_down
    exit "$status"
}
orderly() {
    say "stopping the hub, then Redis"
    shut_down
    say "stopped"
    exit 0
}
note_pid var/run/run.pid $$
# What a run that was killed left behind.
for name in hub redis; do
    if [[ -e var/run/$name.pid ]]; then stop_ours "the old $name" "var/run/$name.pid" 30; fi
done
rm -f var/run/url
trap finish EXIT
trap orderly INT TERM HUP

deploy/dev/packages.sh build run
for number in "$port" "$admin_port"; do
    if port_taken "$number"; then
        variable=TOCSIN_PORT
        [[ $number == "$port" ]] || variable=TOCSIN_ADMIN_PORT
        fail "port $number is taken: stop what listens there, or choose another: $variable=$((number + 1)) make run"
    fi
done
deploy/dev/build.sh release tocsin-hub tocsin
pages_line=
if ! command -v npm >/dev/null; then
    say "npm is not here: the hub runs without its pages (apt-get install nodejs npm, then make run again)"
elif deploy/dev/web.sh build; then
    pages_line="pages: {directory: clients/web/dist}"
else
    say "the hub runs without its pages, which could not be built: see above"
fi

# One log of before is kept.
for name in hub redis; do
    if [[ -e var/log/$name.log ]]; then mv -f "var/log/$name.log" "var/log/$name.log.1"; fi
done

# What was being written when the power went is cut off, whole transactions only: config/redis.conf says why.
manifest=var/redis/appendonlydir/appendonly.aof.manifest
if [[ -e $manifest ]] && ! redis-check-aof "$manifest" >var/log/redis-check.log 2>&1 </dev/null; then
    say "Redis: cutting off what was not whole when it stopped, see var/log/redis-check.log"
    redis-check-aof --fix "$manifest" >>var/log/redis-check.log 2>&1 <<<y ||
        fail "Redis's file is damaged in its middle: see var/log/redis-check.log, and restore a backup"
fi

# Sessions of their own: Ctrl-C must not reach Redis before the hub has stopped. Redis changes into `dir`, so its socket's
# path stays short however long the path of this tree is.
setsid redis-server config/redis.conf --dir var/redis --unixsocket redis.sock --daemonize no \
    >var/log/redis.log 2>&1 </dev/null 9>&- &
note_pid var/run/redis.pid $!
for ((tries = 0; ; tries++)); do
    [[ $(redis-cli -s var/redis/redis.sock ping 2>/dev/null || true) == PONG ]] && break
    our_pid var/run/redis.pid >/dev/null || fail "Redis did not come up (var/log/redis.log): $(last_reason var/log/redis.log)"
    ((tries < 1200)) || fail "Redis was not ready within a minute; see var/log/redis.log"
    sleep 0.05
done

cat >var/hub.yaml <<YAML
# Written by \`make run\`, each time anew: TOCSIN_PORT and TOCSIN_ADMIN_PORT change it. config/hub.example.yaml explains
# every key.
district: pingfang
mode: development
listen: {address: 127.0.0.1, port: $port}
admin: {address: 127.0.0.1, port: $admin_port}
redis: {socket: var/redis/redis.sock}
lock_file: var/run/hub.lock
$pages_line
YAML
setsid build/tocsin-hub --config var/hub.yaml >var/log/hub.log 2>&1 </dev/null 9>&- &
note_pid var/run/hub.pid $!
for ((tries = 0; ; tries++)); do
    grep -q '"event": *"ready"' var/log/hub.log && break
    our_pid var/run/hub.pid >/dev/null || fail "the hub did not come up (var/log/hub.log): $(last_reason var/log/hub.log)"
    ((tries < 1200)) || fail "the hub was not ready within a minute; see var/log/hub.log"
    sleep 0.05
done

deploy/dev/demo_people.sh "$url"
links=
if [[ -n $pages_line ]]; then links=$(deploy/dev/demo_links.sh "$url"); fi

echo "$url" >var/run/url
hub_option=
[[ $port == 8080 ]] || hub_option=" --hub $url"
cat <<TEXT
tocsin: ready at $url
$links
  In other terminals, in this directory ($PWD):
    watch as the station:    build/tocsin$hub_option --token-file var/demo/officer-baoguo.token watch
    watch as the fire desk:  build/tocsin$hub_option --token-file var/demo/fire-desk.token watch
    report a fire:           build/tocsin$hub_option --token-file var/demo/volunteer-1.token report fire --at 45.5928,126.6402,20 --text "厨房着火"
    more people: var/demo/*.token    the five stories: make demo    stop: Ctrl-C here, or make stop
TEXT

# Whichever ends first ends the rest: the trap above.
wait -n || true
for name in hub redis; do
    our_pid "var/run/$name.pid" >/dev/null || fail "$name ended by itself (var/log/$name.log): $(last_reason "var/log/$name.log")"
done
