# The house around the code. "make" alone lists the targets.

# What is built, where, and how it names itself.
DIST     := dist
VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS  := -s -w -X github.com/ansar-go/ansar/internal/cli.version=$(VERSION)
BUILD    := CGO_ENABLED=0 go build -trimpath -ldflags "$(LDFLAGS)"
COMMANDS := $(patsubst cmd/%/main.go,%,$(wildcard cmd/*/main.go))
EXAMPLES := $(patsubst examples/%/main/main.go,%,$(wildcard examples/*/main/main.go))
BENCH    := $(patsubst examples/testbench/tests/%/main.go,%,$(wildcard examples/testbench/tests/*/main.go))

# Tools of the developer. They have a go.mod of their own: see tools/.
TOOLS := $(CURDIR)/$(DIST)/tools

# What make test runs. TESTFLAGS is yours: make test TESTFLAGS='-run TestX -v'
PACKAGES  := ./...
TESTFLAGS :=
TIMEOUT   := 10m

# Children of a test that was built with the race detector would each sleep a
# second before they exit.
export GORACE := $(GORACE) atexit_sleep_ms=0

# Tests of memory and rates mean nothing with the race detector: they run without it.
PLAIN := ^Test(AliasBomb|EC3Growth|EC9|EC11Rate|ScheduleOfManyJobs)$$
PLAIN_PACKAGES := ./actor/schedule ./actor/schedule/graph ./internal/schedule/planfile ./cmd/ansar

# Whether a program that needs a C library can be compiled: the race detector does.
CAN_COMPILE_C = printf '\#include <stdlib.h>\nint main(void){return 0;}' | $$(go env CC) -x c -o /dev/null - 2>/dev/null

.PHONY: help build test check lint generate docs cover bench bench-peers bench-schedule demo demo-schedule page-check install clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## put ansar and every example into ./dist
	@mkdir -p $(DIST)
	@for name in $(COMMANDS); do echo "$(DIST)/$$name"; $(BUILD) -o $(DIST)/$$name ./cmd/$$name || exit 1; done
	@for name in $(EXAMPLES); do echo "$(DIST)/$$name"; $(BUILD) -o $(DIST)/$$name ./examples/$$name/main || exit 1; done
	@for name in $(BENCH); do echo "$(DIST)/$$name"; $(BUILD) -o $(DIST)/$$name ./examples/testbench/tests/$$name || exit 1; done

test: ## run every test, with the race detector where there is a C compiler
	@race=-race; \
	if ! $(CAN_COMPILE_C); then \
		echo "race detector: no C compiler ($$(go env CC)): install gcc and the C library's headers; tests run without it" >&2; \
		if [ "$$CI" = true ]; then echo "race detector: required, because CI=true" >&2; exit 1; fi; \
		race=; export CGO_ENABLED=0; \
	fi; \
	if [ "$$CI" = true ]; then \
		go -C tools build -o $(TOOLS)/strict ./strict && \
		$(TOOLS)/strict go test -json -count=1 -timeout $(TIMEOUT) $$race $(TESTFLAGS) $(PACKAGES); \
	else \
		go test -timeout $(TIMEOUT) $$race $(TESTFLAGS) $(PACKAGES); \
	fi
	@go test -timeout $(TIMEOUT) -run '$(PLAIN)' $(PLAIN_PACKAGES)
	@go -C internal/bench test -short ./measure ./groups && go -C internal/bench/floor test ./grow && go -C tools test ./generate ./strict

check: ## quick checks: format, vet and build for linux and darwin, generated code
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "gofmt -w would change:" >&2; echo "$$unformatted" >&2; exit 1; fi
	GOOS=linux go vet ./...
	GOOS=darwin GOARCH=arm64 go vet ./...
	GOOS=darwin GOARCH=arm64 go build ./...
	go vet -tags pagecheck ./internal/schedule/formats
	go -C internal/bench vet ./...
	go -C tools vet ./generate ./strict
	go -C tools run ./generate -check ..

lint: $(TOOLS)/golangci-lint $(TOOLS)/buf ## slow checks: golangci-lint, arrows between packages, protobuf rules, go.mod
	$(TOOLS)/golangci-lint run ./...
	$(TOOLS)/buf lint
	@if git rev-parse -q --verify $(AGAINST) >/dev/null; then set -x; $(TOOLS)/buf breaking --against '.git#ref=$(AGAINST)'; \
	else echo "buf breaking: no commit $(AGAINST) to compare with: git fetch it, or set AGAINST" >&2; [ "$$CI" != true ]; fi
	go -C internal/bench/peers vet ./...
	go -C internal/bench/floor vet ./...
	go mod tidy -diff

# The commit whose messages the present ones must be able to read.
AGAINST ?= main

$(TOOLS)/golangci-lint: tools/go.mod
	go -C tools build -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

$(TOOLS)/buf: tools/go.mod
	go -C tools build -o $@ github.com/bufbuild/buf/cmd/buf

generate: ## write the Go code of every .proto file
	go -C tools run ./generate ..

docs: ## write the reference and the man pages from the commands' own help
	go run ./cmd/ansar pages docs

cover: ## test with coverage, child processes included; report in dist/coverage.html
	@mkdir -p $(DIST)
	go test -count=1 -timeout $(TIMEOUT) -coverpkg=./... -coverprofile=$(DIST)/coverage.all $(TESTFLAGS) $(PACKAGES)
	@grep -v '\.pb\.go:' $(DIST)/coverage.all > $(DIST)/coverage.out
	@go tool cover -html=$(DIST)/coverage.out -o $(DIST)/coverage.html
	@go tool cover -func=$(DIST)/coverage.out | tail -n 1

bench: ## compare with the floor, the limit and the peers (a few minutes); one table
	@go -C internal/bench run ./cmd/compare $(BENCHFLAGS)

bench-peers: ## compare a group of 40 roles with other tools for groups of processes (some minutes); one table
	@go -C internal/bench run ./cmd/peers -install $(BENCHFLAGS)

bench-schedule: ## compare scheduled jobs with a bare loop of os/exec, xargs and GNU parallel (two minutes); one table
	@go -C internal/bench run ./cmd/schedule $(BENCHFLAGS)

demo: build ## play the tour live: a home, its roles, their logs
	@if [ -f examples/demo.sh ]; then PATH="$(CURDIR)/$(DIST):$$PATH" bash examples/demo.sh; \
	else echo "demo: examples/demo.sh is missing: restore it with git checkout examples/demo.sh" >&2; exit 1; fi

demo-schedule: build ## play a bench of boards live: a plan, its run, its reports
	@PATH="$(CURDIR)/$(DIST):$$PATH" bash examples/schedule-demo.sh

page-check: ## look at the page of a run in headless Chromium; pictures in dist/page
	@command -v chromium >/dev/null || { echo "page-check: no chromium: apt-get install chromium" >&2; exit 1; }
	ANSAR_PAGE_SHOTS=$(CURDIR)/$(DIST)/page go test -count=1 -tags pagecheck -run TestPage ./internal/schedule/formats

# Where man looks for pages of a user whose PATH has ~/.local/bin.
MANDIR ?= $(HOME)/.local/share/man

install: ## install the commands with go install, and the man pages into MANDIR
	go install -trimpath -ldflags "$(LDFLAGS)" $(COMMANDS:%=./cmd/%)
	@mkdir -p "$(MANDIR)/man1" "$(MANDIR)/man7"
	@install -m 644 docs/man/*.1 "$(MANDIR)/man1" && install -m 644 docs/man/*.7 "$(MANDIR)/man7"
	@echo "man pages: $(MANDIR); if man ansar finds nothing, add it to MANPATH"

clean: ## remove ./dist
	rm -rf $(DIST)
