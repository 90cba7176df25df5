#!/usr/bin/env bash
# `make test` with many rounds, then under ASan with UBSan and under TSan with few, then a minute for each fuzzer.
#   TOCSIN_ROUNDS=200  TOCSIN_SANITIZED_ROUNDS=3  TOCSIN_FUZZ_SECONDS=60
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
# shellcheck source=deploy/dev/lib.sh
source deploy/dev/lib.sh

failures=()
step() {
    local name=$1 began=$SECONDS
    shift
    say "--- $name"
    if "$@"; then
        say "--- $name: passed in $((SECONDS - began)) s"
    else
        say "--- $name: FAILED after $((SECONDS - began)) s"
        failures+=("$name")
    fi
}

step "release, ${TOCSIN_ROUNDS:=200} rounds" env TOCSIN_ROUNDS="$TOCSIN_ROUNDS" deploy/dev/test.sh release
# Sanitized programs are slow and hold freed memory back: they get few rounds, more time to answer and more room.
export TOCSIN_TEST_HELD_BACK_KIB=65536
export ASAN_OPTIONS=detect_leaks=1:quarantine_size_mb=32 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 TSAN_OPTIONS=halt_on_error=1
for preset in asan tsan; do
    step "$preset" env TOCSIN_ROUNDS="${TOCSIN_SANITIZED_ROUNDS:-3}" TOCSIN_TEST_PATIENCE_S=240 deploy/dev/test.sh "$preset"
done

fuzz_all() {
    local name ok=0
    # fuzz-seeds writes the first inputs into build-fuzz/corpus/.
    deploy/dev/build.sh fuzz fuzz-decoder fuzz-session fuzz-front fuzz-seeds || return 1
    for name in fuzz-decoder fuzz-session fuzz-front; do
        mkdir -p "build-fuzz/corpus/$name"
        say "$name for ${TOCSIN_FUZZ_SECONDS:-60} s"
        "build-fuzz/tests/$name" -max_total_time="${TOCSIN_FUZZ_SECONDS:-60}" -rss_limit_mb=2048 \
            -artifact_prefix=build-fuzz/ "build-fuzz/corpus/$name" >"build-fuzz/$name.log" 2>&1 || {
            tail -n 40 "build-fuzz/$name.log" >&2
            ok=1
        }
        tail -n 2 "build-fuzz/$name.log" >&2
    done
    return $ok
}
step "fuzzers" fuzz_all

if [[ ${#failures[@]} -gt 0 ]]; then
    fail "make test-long: failed: ${failures[*]} (after $SECONDS s)"
fi
say "make test-long: all passed in $SECONDS s"
