# Each target does its own set-up; `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

SHARED ?= ../shared
SWIFT_SOURCES := Package.swift Sources Tests Benchmarks Examples
BENCH_WRITES := --json Benchmarks/results.json --markdown Benchmarks/RESULTS.md \
  --readme README.md --charts Benchmarks
# WORKS=care,redb: these alone; the figures of the others stay as they are.
BENCH_WORKS = $(if $(WORKS),--only $(WORKS))
BENCH_KEEP = $(if $(WORKS),--keep)
QUICK := .build-bench/quick
PYTHON = $(shell scripts/setup.sh python-path)

.PHONY: help demo test bench bench-long bench-report bench-check bench-build bench-quick accept torture mutants fuzz coverage lint format build setup clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## */\1\t/' | \
	  awk -F '\t' '{ printf "  make %-12s %s\n", $$1, $$2 }'

setup:
	@scripts/setup.sh swift lz4

build: setup ## the command line, release
	swift build -c release --product carefs

demo: build ## build the command line and run its demo
	"$$(swift build -c release --product carefs --show-bin-path)/carefs" demo

test: setup ## all tests
	@scripts/setup.sh python
	CAREFS_PYTHON="$$(scripts/setup.sh python-path)" swift test

bench: setup ## measure against SQLite, GRDB, LMDB and RocksDB; writes figures and charts (WORKS=care: these alone)
	@scripts/setup.sh peers
	scripts/bench.sh $(BENCH_WRITES) --data "$(SHARED)/data" $(BENCH_WORKS) $(BENCH_KEEP)

bench-long: setup ## the same with a table of 10 million rows, about twice as long
	@scripts/setup.sh peers
	scripts/bench.sh $(BENCH_WRITES) --data "$(SHARED)/data" --long $(BENCH_WORKS) $(BENCH_KEEP)

bench-report: setup ## measure nothing: write table and charts anew from Benchmarks/results.json
	scripts/bench.sh $(BENCH_WRITES) --report

bench-check: setup ## fail where a ratio is 15 % worse than in Benchmarks/results.json (WORKS=care: these alone)
	@scripts/setup.sh peers
	scripts/bench.sh --check Benchmarks/results.json --runs 1 --data "$(SHARED)/data" $(BENCH_WORKS)

bench-quick: setup ## all suites with few rows, to see that they run; writes to .build-bench/quick alone
	@scripts/setup.sh peers
	mkdir -p $(QUICK)
	cp README.md $(QUICK)/README.md
	scripts/bench.sh --quick --data "$(SHARED)/data" --json $(QUICK)/results.json \
	  --markdown $(QUICK)/RESULTS.md --readme $(QUICK)/README.md --charts $(QUICK) $(BENCH_WORKS)

bench-build: setup ## compile the benchmarks only, debug
	@scripts/setup.sh peers
	rm -f .build-bench/debug.yaml
	swift build --package-path Benchmarks --scratch-path .build-bench

accept: setup ## the acceptance suite of the design papers, three seeds (where ../shared exists)
	scripts/accept.sh "$(SHARED)"

torture: setup ## crashes, faults, damage, races and hostile bytes, counted (MINUTES=480 runs long)
	MINUTES="$(MINUTES)" scripts/torture.sh

fuzz: setup ## hostile bytes alone (FUZZ_SECONDS=3600 runs longer)
	scripts/fuzz.sh

coverage: setup ## which regions of the engine the tests reach, and that the rest has reasons
	scripts/coverage.sh

mutants: setup ## small changes to the page store and the trees, of which tests must notice nine in ten
	python3 Tests/Mutants/mutants.py

lint: ## formatting rules, strict
	swift format lint --strict --parallel --recursive $(wildcard $(SWIFT_SOURCES))

format: ## rewrite the sources to the formatting rules
	swift format --in-place --parallel --recursive $(wildcard $(SWIFT_SOURCES))

clean: ## remove everything that was built
	rm -rf .build .build-* Benchmarks/.build
