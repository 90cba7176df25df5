#!/usr/bin/env bash
# Configures a preset of CMakePresets.json where that is needed, and builds targets of it (`all` for everything).
#   build.sh PRESET TARGET...
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=deploy/dev/lib.sh
source deploy/dev/lib.sh

preset=$1
shift
directory=$(build_directory "$preset")

# A tree that was moved or copied remembers where it was.
cache=$directory/CMakeCache.txt
if [[ -e $cache ]] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$cache"; then
    say "$directory was configured elsewhere: configuring it anew"
    rm -rf "$cache" "$directory/CMakeFiles"
fi
if [[ ! -e $directory/build.ninja || ! -e $cache ]]; then
    mkdir -p "$directory"
    cmake --preset "$preset" >"$directory/configure.log" 2>&1 || {
        tail -n 15 "$directory/configure.log" >&2
        fail "cmake refused; the whole story is in $directory/configure.log"
    }
fi
ninja -C "$directory" -j "$(jobs_at_once)" "$@" >&2 ||
    fail "the build failed, see above (out of memory? try TOCSIN_JOBS=1)"
