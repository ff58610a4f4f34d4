# `make run` and `make test` need nothing but Go, Node and PostgreSQL's binaries; each builds what is missing.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The one place where the version of the linter stands; a change of it, or of Go, rebuilds the binary.
GOLANGCI_VERSION := v2.15.0
GOLANGCI := .tools/bin/golangci-lint
GOLANGCI_STAMP := .tools/golangci-lint-$(GOLANGCI_VERSION)-$(shell go env GOVERSION)
WEB_STAMP := .tools/web-built
PEERS_STAMP := bench/peers/node_modules/.installed
GENERATED := graph/generated graph/model graph/resolvers

# PKG narrows tests and lint: make test PKG=./internal/store/...
PKG ?= ./...
FUZZTIME ?= 10s

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  \033[1m%-13s\033[0m %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: run
run: web-if-possible build ## Start LAZI with a private Postgres, a simulated ServiceTitan and the Playground
	@exec bin/lazi dev

.PHONY: build
build: ## Build bin/lazi (with the Playground, if `make web` has built it)
	@go build -o bin/lazi .

.PHONY: web
web: $(WEB_STAMP) ## Build the Playground into web/dist (needs npm)

WEB_SOURCES := $(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' -not -path 'web/e2e/*' -not -name '*.go' -not -name '*.test.js')
ifeq ($(wildcard web/dist/*),)
.PHONY: $(WEB_STAMP)
endif
$(WEB_STAMP): $(WEB_SOURCES)
	cd web && npm ci --no-audit --no-fund && npm run build
	@mkdir -p $(@D) && touch $@

.PHONY: web-if-possible
web-if-possible:
	@if ! command -v npm >/dev/null; then \
		echo "npm is not installed: LAZI starts without the Playground's page (install Node 20 or newer, then make web)"; \
	elif ! $(MAKE) web; then \
		echo "the Playground could not be built (see above): LAZI starts without its page"; \
	fi

.PHONY: generate
generate: ## Write the generated code anew (gqlgen)
	go generate ./...

.PHONY: verify
verify: ## Fail if generated code, go.mod or go.sum differ from what they are made of
	@sums() { find $(GENERATED) -type f -exec cksum {} + | sort -k 3; }; \
	before=$$(sums); $(MAKE) generate; after=$$(sums); \
	if ! diff <(echo "$$before") <(echo "$$after"); then \
		echo "generated code was out of date: commit the files above"; exit 1; \
	fi
	go mod tidy -diff

.PHONY: fmt
fmt: $(GOLANGCI_STAMP) ## Format all Go code (gofumpt, import groups)
	$(GOLANGCI) fmt

.PHONY: lint
lint: $(GOLANGCI_STAMP) ## Lint all Go code and check its format
	$(GOLANGCI) run $(PKG)

# Minutes on a small machine, hence kept; GOBIN keeps it out of go.mod and of the user's own tools.
$(GOLANGCI_STAMP):
	@echo "building golangci-lint $(GOLANGCI_VERSION), once"
	@mkdir -p .tools/bin && rm -f .tools/golangci-lint-*
	GOBIN=$(CURDIR)/.tools/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	@touch $@

.PHONY: test
test: ## Run all tests
	go test $(PKG)

.PHONY: clean-testpg
clean-testpg: ## End the tests' private Postgres and remove its files
	@internal/store/storetest/clean.sh

.PHONY: test-race
test-race: ## Run all tests under the race detector, as CI does
	go test -race -timeout 12m $(PKG)

.PHONY: test-kill
test-kill: build ## Kill lazi serve, the queue's leader and Postgres while they sync, 60 times and more (minutes)
	go test ./internal/app -run '^TestKill_' -count=1 -v -timeout 30m -kills=60 -kills.lazi=$(CURDIR)/bin/lazi

.PHONY: test-load
test-load: build ## Have 200 clients ask two lazi serve for a minute, then stop one of them
	go test ./internal/app -run '^TestLoad$$' -count=1 -v -timeout 10m -load.clients=200 -load.time=1m -kills.lazi=$(CURDIR)/bin/lazi

.PHONY: test-e2e
test-e2e: web build ## Use the Playground of a fresh server in a headless browser
	cd web && npm test
	tools/e2e

.PHONY: bench
bench: ## Measure LAZI against a handler written by hand (minutes)
	go run ./bench

.PHONY: bench-growth
bench-growth: ## Measure the nested query at 20,000, 200,000 and 2,000,000 jobs (15 GB, a quarter of an hour once)
	go run ./bench growth

.PHONY: bench-sync
bench-sync: ## Measure how fast records get into the mirror (minutes)
	go run ./bench sync

.PHONY: bench-changes
bench-changes: ## Measure how fast 5,000 subscribers of one process hear of a change (a minute)
	go run ./bench changes

.PHONY: bench-peers
bench-peers: $(PEERS_STAMP) ## Measure LAZI against PostGraphile, mercurius and Apollo Server (minutes, needs npm)
	go run ./bench peers

# PostGraphile asks for Node 22, at length, and runs on 20 (see postgraphile.js).
$(PEERS_STAMP): bench/peers/package.json bench/peers/package-lock.json
	cd bench/peers && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: fuzz
fuzz: ## Run each fuzz test for FUZZTIME (10s)
	@for package in $$(go list $(PKG)); do \
		for name in $$(go test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
			go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) $$package; \
		done; \
	done

.PHONY: migrate-new
migrate-new: ## Start a migration: make migrate-new NAME=add_things
	@[[ "$(NAME)" =~ ^[a-z0-9_]+$$ ]] || { echo "give a name in small letters: make migrate-new NAME=add_things"; exit 1; }
	@last=$$(cd migrations && ls *.sql | tail -n 1 | cut -d _ -f 1); \
	file=migrations/$$(printf %05d $$((10#$$last + 1)))_$(NAME).sql; \
	printf -- '-- +goose Up\n\n-- +goose Down\n' > "$$file"; echo "$$file"

.PHONY: migrate-up
migrate-up: build ## Migrate the database of DATABASE_URL, or the private one
	bin/lazi migrate

.PHONY: schema
schema: ## Print the GraphQL schema as one document
	@for file in graph/schema/*.graphqls; do cat "$$file"; echo; done

.PHONY: tidy
tidy: ## Tidy go.mod and go.sum
	go mod tidy

.PHONY: check
check: lint verify test-race ## Everything CI runs: format, lint, generated code, tests under the race detector

.PHONY: clean
clean: ## Remove what was built (not the data in .lazi)
	rm -rf bin web/dist/* $(WEB_STAMP)
