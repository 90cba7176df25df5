#!/usr/bin/env bash
# The rooms of hub/ know only the rooms below them, and few may know the outside world. Prints each include that breaks this.
#   domain < log < fanout < session < redis, net, media < ops < main
# converter (the sandboxed program) knows no room; of it media knows answer.hpp.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

found=$(
    # Each include of ours as: file, line, room of the file, what it includes.
    git ls-files -co --exclude-standard -- 'hub/*' 'clients/*' 'tests/unit/*' |
        grep -E '\.(cpp|hpp|h|c)$' |
        xargs grep -nE '^[[:space:]]*#[[:space:]]*include' -- |
        sed -E 's/^([^:]+):([0-9]+):[^<"]*[<"]([^>"]+)[>"].*/\1 \2 \3/' |
        awk '
            BEGIN {
                rank["domain"] = 0; rank["log"] = 1; rank["fanout"] = 2; rank["session"] = 3
                rank["redis"] = 4; rank["net"] = 4; rank["media"] = 4; rank["ops"] = 5; rank["main.cpp"] = 6
            }
            function bad(why) { printf "%s:%s: includes %s: %s\n", $1, $2, $3, why }
            {
                split($1, path, "/"); room = path[2]; asked = ""
                if (split($3, to, "/") > 1 && to[1] == "hub") asked = to[2]

                if (path[1] == "clients") {
                    if (to[1] == "hub" || to[1] == "tests") bad("a client knows the wire, not the hub")
                    next
                }
                if (path[1] == "tests") {
                    # tests/unit/ROOM_what_test.cpp
                    room = path[3]; sub(/_.*/, "", room)
                }
                if (asked != "" && (room in rank) && (asked in rank) && asked != room && rank[asked] >= rank[room])
                    bad(room " may know only the rooms below it")
                if (room == "converter" && asked != "" && asked != "converter") bad("the converter knows no room")
                if (asked == "converter" && room != "converter" && path[1] == "hub" &&
                    $3 != "hub/converter/answer.hpp") bad("of the converter only its answer is known")
                if ($3 ~ /^(jpeglib|png|webp|libheif|lcms2|opus|ogg|seccomp)/ && room != "converter" && path[1] == "hub")
                    bad("only the converter decodes")
                if ($3 ~ /^tests\// && path[1] == "hub") bad("the hub does not know its tests")
                if (path[1] != "hub") next

                inner = (room in rank) && rank[room] <= 3
                if (inner && $3 ~ /^boost\/(asio|beast)/) bad("no I/O in " room)
                if (inner && $3 ~ /^(ctime|time\.h|sys\/time\.h)$/) bad("no clock in " room ": the time is handed in")
                if (inner && $3 ~ /^(sys\/|netinet\/|arpa\/|unistd\.h|thread$|fstream$)/) bad("no system calls in " room)
                if ($3 ~ /^boost\/beast/ && room != "net" && room != "separate") bad("only net knows Beast")
                if ($3 ~ /^hiredis\// && room != "redis") bad("only redis knows hiredis")
                if ($3 ~ /^(yaml-cpp|spdlog|CLI)\// && room != "ops" && room != "main.cpp") bad("only ops and main know it")
                if ($3 ~ /^hiredis\//) { stem = $1; sub(/\.[a-z]+$/, "", stem); knows[stem] = 1 }
            }
            END {
                n = 0
                for (stem in knows) { n++; all = all " " stem }
                if (n > 1) print "hiredis is known in more than one file:" all
            }'
    # <chrono> is welcome for its calendar and its durations, its clocks are not.
    git ls-files -co --exclude-standard -- 'hub/domain/*' 'hub/log/*' 'hub/fanout/*' 'hub/session/*' |
        xargs -r grep -nE '(system|steady|high_resolution|utc)_clock|\b(clock_gettime|gettimeofday)\(|[^_[:alnum:]]time\((NULL|nullptr|0)?\)' -- |
        sed 's/$/   <- no clock here: the time is handed in/' || true
)
if [[ -n $found ]]; then
    printf '%s\n' "$found"
    exit 1
fi
