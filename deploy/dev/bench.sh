#!/usr/bin/env bash
# Measures receipts and delivery with a private Redis and hub, beside bare XADD on the same Redis in the same run.
#   bench.sh [--quick] [--senders N] [--watchers N] [--out FILE]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

deploy/dev/packages.sh build run test
deploy/dev/build.sh release tocsin-hub tocsin first-bench
export TOCSIN_BUILD=$PWD/build PYTHONDONTWRITEBYTECODE=1
exec /usr/bin/python3 tests/bench/first.py "$@"
