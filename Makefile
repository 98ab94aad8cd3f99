# `make` alone lists the targets.

LINT_VERSION := v2.15.0
LINT         := .bin/golangci-lint-$(LINT_VERSION)

# What may be given on the command line: make test PKG=./jobs/... ARGS=-v
PKG     ?= ./...
ARGS    ?=
TIMEOUT ?= 10m
# Packages that keep golden frames, and the flag that only they know.
GOLDEN  ?= ./tui ./views
# How long make fuzz spends on each target.
FUZZTIME ?= 30s
UPDATE  ?= -update

.PHONY: help build run test race lint bench million faults kills fuzz golden interop clean
.PHONY: style windows darwin prepare tests-compiled
.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

build: ## build the program: ./cosmander
	go build -trimpath -o cosmander .

run: ## try it: two panes over a demo bucket, no account needed
	go run . --demo

# The race detector needs cgo, and so a C compiler.
RACE = $(shell command -v $(firstword $(shell go env CC)) >/dev/null && echo -race $(FOREIGN))
# SQLite is C that was translated: what it does by itself is not ours to watch,
# and watching it took half of the time. All that calls it is watched.
FOREIGN := $(foreach pkg,sqlite/lib sqlite libc,-gcflags=modernc.org/$(pkg)=-race=false)

test: ## run all tests, with the race detector where a C compiler is found
	$(if $(RACE),,@echo 'no C compiler found: testing without the race detector')
	$(if $(filter ./...,$(PKG)),$(GOTEST) . $(CALM))
	$(GOTEST) $(if $(filter ./...,$(PKG)),$(LONG) $$(go list ./... | grep -vxF "$$(go list . $(CALM) $(LONG))"),$(PKG))

# The whole program is tested first: its tests are about time, and those of
# most other packages keep the disk busy. Those of CALM do not. Of the rest
# those that take longest begin, or one of them would be left alone at the end.
CALM := ./cos/emulator/query ./cse ./theme ./views ./views/preview
LONG := ./jobs ./tui

GOTEST = $(if $(RACE),CGO_ENABLED=1 )go test $(RACE) -timeout $(TIMEOUT) $(ARGS)

race: ## run all tests with the race detector
	CGO_ENABLED=1 go test -race $(FOREIGN) -timeout $(TIMEOUT) $(ARGS) $(PKG)

lint: style windows darwin ## check style and the import rule; compile for Windows and macOS

style: $(LINT)
	$(LINT) run ./...
	cd cos/interop && ../../$(LINT) run ./...

# Only whether it compiles is asked, so nothing is optimised.
windows:
	GOOS=windows GOARCH=amd64 go build -gcflags='all=-N -l' ./...

darwin:
	GOOS=darwin GOARCH=arm64 go build -gcflags='all=-N -l' ./...

$(LINT):
	GOBIN=$(CURDIR)/.bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)
	mv .bin/golangci-lint $@

# Builds what test and lint need, for a machine with a cold cache: with -j the
# linter and the tests compile side by side, and no test runs meanwhile.
prepare: $(LINT) tests-compiled

tests-compiled:
	$(if $(RACE),CGO_ENABLED=1 )go test $(RACE) -exec true $(PKG) >/dev/null

# BENCH=Transfer or BENCH='SmallFiles/^2000$$/30ms' runs that alone.
BENCH ?=

bench: ## print the figures, each beside its target or a peer's: ten minutes; BENCH=Transfer runs one
	go test -run '^$$' -bench '$(or $(BENCH),.)' -benchtime 1x -timeout 30m .
	$(if $(BENCH),,go test -run '^$$' -bench 'TerminalBytes|Select' -benchtime 1x -timeout 15m ./tui)
	$(if $(BENCH),,go test -run '^$$' -bench List -timeout 5m ./cos/emulator)

# In /tmp, or where TMPDIR says: about 15 GB and four million files are needed.
million: ## move a million files up, down, within and away, killed on the way: half an hour or more
	COSMANDER_FILES=1000000 go test -run '^$$' -bench ManyFiles -benchtime 1x -timeout 3h .

# go test shows what the test prints only because no package is named.
faults: ## every kind of job meets every fault on every operation: two minutes
	cd jobs && go test -run FaultMatrix -matrix -timeout $(TIMEOUT) $(ARGS)

# Without the race detector, under which a program takes several times as long.
kills: ## kill -9 the program 100 times, and go on each time
	COSMANDER_KILLS=100 go test -run TestKilled -count 1 -timeout $(TIMEOUT) $(ARGS) .

# A server in the process covers other code each time, so every input looks new
# and the fuzzer would try for a minute to shorten it.
fuzz: ## fuzz each target for FUZZTIME (30s); PKG narrows it
	@set -e; for pkg in $$(go list $(PKG)); do \
		for target in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
			(set -x; go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$pkg); \
		done; \
	done

golden: ## write the golden frames anew; read the diff before committing it
	go test $(GOLDEN) $(UPDATE)

# The official SDK reads checksums while net/http may still write them, so
# these tests run without the race detector. go test shows what they print
# only because no package is named.
interop: ## drive the official SDKs against the local server
	@set -e; if command -v npm >/dev/null; then \
		(set -x; cd cos/interop/node; npm ci --ignore-scripts --no-audit --no-fund --loglevel=error); \
		export INTEROP_NODE=1; \
	else \
		echo 'no npm found: testing without the Node SDK'; \
	fi; \
	set -x; cd cos/interop; go test -timeout $(TIMEOUT) $(ARGS)

clean: ## remove what make has built
	rm -rf cosmander .bin cos/interop/node/node_modules
