#!/usr/bin/env bash
# Measures the hub on a private Redis beside bare servers and Debian's own, in one run.
#   bench.sh [--quick] [--only ROW,...] [--rounds N] [--out DIR]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=deploy/dev/lib.sh
source deploy/dev/lib.sh

deploy/dev/packages.sh build run test
# Without the peers there are fewer columns, and still a bench. None of them is started as a service.
RUNLEVEL=1 deploy/dev/packages.sh bench || say "without Debian's peers, then"
deploy/dev/build.sh release tocsin-hub tocsin tocsin-load first-bench bare-server chat-server
export TOCSIN_BUILD=$PWD/build PYTHONDONTWRITEBYTECODE=1
exec /usr/bin/python3 tests/bench/bench.py "$@"
