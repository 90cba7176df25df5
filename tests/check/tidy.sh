#!/usr/bin/env bash
# clang-tidy over our own C++ files. Needs a build directory: generated headers are included.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

deploy/dev/build.sh release tocsin_proto tocsin_pch
runner=$(command -v run-clang-tidy-19)
"$runner" -clang-tidy-binary "$(command -v clang-tidy-19)" -p build -j "$(nproc)" -quiet \
    "^$PWD/(hub/(domain|log|fanout|session|redis|net|media|converter|ops|main)|clients)" 2>&1 |
    { grep -vE '^\[|^clang-tidy|warnings? generated|^Suppressed|^Use -header-filter|^$' || true; } >build/tidy.log
if grep -qE '(warning|error):' build/tidy.log; then
    cat build/tidy.log
    exit 1
fi
