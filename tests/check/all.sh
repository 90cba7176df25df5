#!/usr/bin/env bash
# Every check that needs no running program, quickest first. Goes on after a failure, to say all of them.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

failed=()
check() {
    local name=$1
    shift
    if "$@"; then echo "ok      $name"; else
        echo "FAILED  $name"
        failed+=("$name")
    fi
}
ours() { git ls-files -co --exclude-standard -z -- "$@"; }

check "format" bash -c "set -o pipefail; git ls-files -co --exclude-standard -z -- '*.cpp' '*.hpp' '*.c' '*.h' |
    xargs -0 -r clang-format-19 --dry-run -Werror"
check "layers" tests/check/layers.sh
check "comments of the wire" tests/check/proto_comments.py
check "words" tests/check/words.sh
check "links of the pages" tests/check/links.py
mapfile -d '' scripts < <(ours '*.sh' .ci/run)
check "shellcheck" shellcheck -x "${scripts[@]}"
check "pages: format, lint, types" deploy/dev/web.sh check
check "clang-tidy" tests/check/tidy.sh
if [[ ${#failed[@]} -gt 0 ]]; then
    echo "make check: failed: ${failed[*]}"
    exit 1
fi
echo "make check: all passed"
