# SPDX-License-Identifier: Apache-2.0
# make        build/nephele          make check   everything that is tested, under sanitizers
# make deps   what a build needs     make demo    a region, a website in it, and what it answers
# make bench  beside other programs  make format  clang-format of all sources

JOBS ?= $(shell nproc)
PYTHON ?= /usr/bin/python3

all: deps build/build.ninja
	@ninja -C build -j$(JOBS) nephele

deps:
	@tools/deps

build/build.ninja:
	@meson setup build --buildtype=debugoptimized

build-check/build.ninja:
	@meson setup build-check --buildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false

check: deps build-check/build.ninja
	@ninja -C build-check -j$(JOBS)
	@$(PYTHON) tools/check build-check

demo: all
	@tools/demo build/nephele

bench: all
	@$(PYTHON) tests/bench/run

format:
	@clang-format -i $$(git ls-files 'src/*.c' 'src/*.h' 'tests/*.c' 'tests/*.h' ':!tests/golden')

install: all
	@meson install -C build --no-rebuild

clean:
	@rm -rf build build-check

.PHONY: all deps check demo bench format install clean
