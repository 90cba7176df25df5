#!/usr/bin/env bash
# Builds, then runs every suite: unit and simulation (ctest), the built programs with real Redis (pytest), the pages' parts and the
# pages in a browser (vitest).
# The last line is `N passed, N failed`; the exit code says the same.
#   test.sh [PRESET]          TOCSIN_ROUNDS: how often the tests by chance are repeated (10)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=deploy/dev/lib.sh
source deploy/dev/lib.sh

preset=${1:-release}
directory=$(build_directory "$preset")
deploy/dev/packages.sh build run test
deploy/dev/build.sh "$preset" all

export TOCSIN_BUILD=$PWD/$directory TOCSIN_ROUNDS=${TOCSIN_ROUNDS:-10} PYTHONDONTWRITEBYTECODE=1
results=$PWD/$directory/results
rm -rf "$results"
mkdir -p "$results/gtest"
suites=0
GTEST_OUTPUT="xml:$results/gtest/" ctest --test-dir "$directory" --parallel "$(jobs_at_once)" --output-on-failure \
    --output-junit "$results/ctest.xml" >&2 || suites=1
# The programs under test mostly wait, so several at a time; a file's tests stay together where they share a hub.
# A process of their own for each folder: their helpers may have the same names.
pytest_folder() {
    /usr/bin/python3 -m pytest -q -p no:cacheprovider --durations=5 --junitxml "$results/$1.xml" "${@:2}" \
        "tests/$1" >&2 </dev/null || suites=1
}
pytest_folder integration --numprocesses 3 --dist loadfile
pytest_folder fault --numprocesses 2 --dist load
# The pages have no sanitizers: once is enough.
if [[ $preset == release ]]; then
    deploy/dev/web.sh test "$results/web.xml" >&2 </dev/null || suites=1
    [[ ! -e clients/web/volunteer.html ]] || deploy/dev/web.sh build >&2 </dev/null || suites=1
    deploy/dev/web.sh browsers "$results/pages.xml" >&2 </dev/null || suites=1
fi
/usr/bin/python3 deploy/dev/tally.py "$results" || suites=1
exit $suites
