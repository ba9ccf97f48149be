# The two commands: `make demo` and `make test`. Everything else serves development.
SHELL := /bin/bash
JOBS ?= $(shell nproc)
PRESET ?= release
# Seconds for each fuzzer.
FUZZ_S ?= 30
# A clone in another folder finds what was compiled before.
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1

.PHONY: demo demo-short test build lint asan tsan bench fuzz clean

build:
	tools/bootstrap
	cmake --preset $(PRESET) >/dev/null
	cmake --build --preset $(PRESET) -j $(JOBS)

demo:
	tools/bootstrap --demo
	cmake --preset release >/dev/null
	cmake --build --preset release -j $(JOBS) --target volseg_program volseg_demo_data
	tools/demo build/release/apps/volseg/volseg demo

demo-short:
	tools/bootstrap --demo
	cmake --preset release >/dev/null
	cmake --build --preset release -j $(JOBS)
	tools/demo build/release/apps/volseg/volseg build/demo-short --short

test:
	tools/bootstrap --readers
	cmake --preset $(PRESET) >/dev/null
	cmake --build --preset $(PRESET) -j $(JOBS)
	ctest --preset $(PRESET) -j $(JOBS)

lint:
	tools/bootstrap --lint
	cmake --preset $(PRESET) >/dev/null
	tools/lint build/$(PRESET)

asan:
	tools/bootstrap
	cmake --preset asan-ubsan >/dev/null
	cmake --build --preset asan-ubsan -j $(JOBS)
	source tools/sanitizer-options && ctest --preset asan-ubsan -j $(JOBS) -L unit

tsan:
	tools/bootstrap
	cmake --preset tsan >/dev/null
	cmake --build --preset tsan -j $(JOBS)
	source tools/sanitizer-options && ctest --preset tsan -j $(JOBS) -L unit

bench:
	tools/bootstrap --peers
	cmake --preset release -DVOLSEG_BUILD_BENCHMARKS=ON >/dev/null
	cmake --build --preset release -j $(JOBS)
	tools/bench build/release build/bench

fuzz:
	tools/bootstrap --fuzz
	cmake --preset fuzz >/dev/null
	cmake --build --preset fuzz -j $(JOBS)
	tools/fuzz build/fuzz $(FUZZ_S)

clean:
	rm -rf build demo
