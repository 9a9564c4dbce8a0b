# SPDX-License-Identifier: Apache-2.0
# make        build/nephele          make check   everything that is tested, under sanitizers
# make deps   what a build needs     make demo    a region, a website in it, and what it answers
# make bench  beside other programs  make format  clang-format of all sources
# make nightly  what takes longer: make tsan, make tidy, make fuzz, make vm

JOBS ?= $(shell nproc)
PYTHON ?= /usr/bin/python3

all: deps build/build.ninja
	@ninja -C build -j$(JOBS) nephele

deps:
	@tools/deps

build/build.ninja:
	@meson setup build --werror --buildtype=debugoptimized

build-check/build.ninja:
	@meson setup build-check --werror --buildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false

check: deps build-check/build.ninja
	@ninja -C build-check -j$(JOBS)
	@$(PYTHON) tools/check build-check

build-tsan/build.ninja:
	@meson setup build-tsan --werror --buildtype=debugoptimized -Db_sanitize=thread -Db_lundef=false

tsan: deps build-tsan/build.ninja
	@ninja -C build-tsan -j$(JOBS) nephele tests/unit/unit
	@$(PYTHON) tools/check build-tsan unit wire sdk

build-fuzz/build.ninja:
	@CC=clang meson setup build-fuzz --werror --buildtype=debugoptimized -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false

fuzz: deps build-fuzz/build.ninja
	@ninja -C build-fuzz -j$(JOBS)
	@$(PYTHON) tools/fuzz build-fuzz

tidy: deps build/build.ninja
	@ninja -C build -j$(JOBS)
	@command -v run-clang-tidy >/dev/null || { echo "make tidy needs the package clang-tidy"; exit 1; }
	@run-clang-tidy -quiet -p build -j$(JOBS) '/src/.*\.c$$'

vm: all
	@tools/deps vm
	@$(PYTHON) tests/vm/run

nightly: tsan tidy fuzz vm

demo: all
	@tools/demo build/nephele

bench: all
	@$(PYTHON) tests/bench/run

format:
	@clang-format -i $$(git ls-files 'src/*.c' 'src/*.h' 'tests/*.c' 'tests/*.h' ':!tests/golden')

install: all
	@meson install -C build --no-rebuild

clean:
	@rm -rf build build-check build-tsan build-fuzz

.PHONY: all deps check tsan fuzz tidy vm nightly demo bench format install clean
