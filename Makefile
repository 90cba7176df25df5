# Everything that a developer or a first visitor types. The work is done by the scripts in deploy/dev/.

.PHONY: help run stop build unit test test-long check format demo bench bench-quick simulate clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

run:  ## build, then Redis, hub and the demo district in the foreground; Ctrl-C stops (TOCSIN_PORT=8080)
	@deploy/dev/run.sh

stop:  ## stop what `make run` started
	@deploy/dev/stop.sh

build:  ## packages and a release build of everything in build/
	@deploy/dev/packages.sh build run test
	@deploy/dev/build.sh release all

unit:  ## build and run the unit tests only: seconds after a change in hub/domain/
	@deploy/dev/packages.sh build
	@deploy/dev/unit.sh

test:  ## build, unit tests, then the whole thing with real Redis and hubs, few rounds
	@deploy/dev/test.sh

test-long:  ## the same with many rounds, under ASan with UBSan and under TSan, and the fuzzers: an hour
	@deploy/dev/test_long.sh

check:  ## format, clang-tidy, shellcheck, layers, comments of the wire
	@deploy/dev/packages.sh build check
	@tests/check/all.sh

format:  ## let clang-format rewrite our C++ files
	@deploy/dev/packages.sh check
	@git ls-files -z '*.cpp' '*.hpp' '*.c' '*.h' | xargs -0 -r clang-format-19 -i

demo:  ## play the five stories against the hub of `make run`, person by person (STORY=S2)
	@deploy/dev/demo.sh $(STORY)

bench:  ## measure everything beside bare servers and Debian's own (ROWS=fan-out,storm): half an hour
	@deploy/dev/bench.sh $(if $(ROWS),--only $(ROWS))

bench-quick:  ## the same, a short round of it: under three minutes
	@deploy/dev/bench.sh --quick $(if $(ROWS),--only $(ROWS))

simulate:  ## the rules and the district on a faulty store in memory, by seed
	@deploy/dev/simulate.sh

clean:  ## remove what was built; var/ (data and tokens) stays
	rm -rf build build-dev build-asan build-tsan build-fuzz
