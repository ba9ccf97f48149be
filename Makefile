# The two commands: `make demo` and `make test`. Everything else serves development.
SHELL := /bin/bash
JOBS ?= $(shell nproc)
PRESET ?= release

.PHONY: demo test build lint asan tsan clean

build:
	tools/bootstrap
	cmake --preset $(PRESET) >/dev/null
	cmake --build --preset $(PRESET) -j $(JOBS)

demo:
	tools/bootstrap --demo
	cmake --preset release -DVOLSEG_BUILD_TESTS=OFF -B build/demo >/dev/null
	cmake --build build/demo -j $(JOBS)
	tools/demo build/demo/apps/volseg/volseg demo

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

clean:
	rm -rf build demo
