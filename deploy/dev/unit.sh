#!/usr/bin/env bash
# Builds the unit tests alone and runs them: what one does after each small change.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=deploy/dev/lib.sh
source deploy/dev/lib.sh

deploy/dev/build.sh release build.ninja
mapfile -t targets < <(ninja -C build -t targets all | sed -n 's/^\(test-[a-z]*\): phony.*/\1/p')
[[ ${#targets[@]} -gt 0 ]] || fail "there are no unit tests in build/"
deploy/dev/build.sh release "${targets[@]}"
exec ctest --test-dir build -R '^unit-' --parallel "$(jobs_at_once)" --output-on-failure
