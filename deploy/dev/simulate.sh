#!/usr/bin/env bash
# The rules, and the whole district on a store in memory with its faults, played from seeds: no network, no Redis, no clock.
# A failure names its seed. Arguments go to GoogleTest: simulate.sh --gtest_repeat=20
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

deploy/dev/packages.sh build
deploy/dev/build.sh release test-domain test-session
build/tests/test-domain --gtest_brief=1 --gtest_filter='*BySeed*:Property.*' "$@"
build/tests/test-session --gtest_brief=1 --gtest_filter='*Seed*:*Random*' "$@"
