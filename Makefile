# Everything that a developer or CI does. It needs Go, make and a Debian machine; what else a target needs (PostgreSQL,
# Redis, Chromium, gcc) it finds or installs by itself, see tests/services and tests/clients.

SERVICES := go run ./tests/services
# SQLite is C translated to Go, with locks of its own: the race detector makes it five times as slow and watches none of
# our memory there.
RACE     := -race -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc=-race=false
LINT     := go tool -modfile=tools/go.mod golangci-lint
PKG      ?= ./identity
FUZZTIME ?= 30s
BENCH    ?= .
USERS    ?= 10000
LOAD     ?=

.DEFAULT_GOAL := help
.PHONY: help run build test test-short check schema-check clients console console-check generate generate-check fmt lint tidy-check bench fuzz cover clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## start the server from source, ARGS='--flag ...' for more
	go run ./cmd/authly serve $(ARGS)

build: ## build the static binary bin/authly
	CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o bin/authly ./cmd/authly

# What vet finds, lint finds before.
test: ## run every test, with the race detector, against private PostgreSQL, Redis and Chromium
	$(SERVICES) -- go test $(RACE) -vet=off -shuffle=on -count=1 -timeout 45m ./...

test-short: ## run the tests of one package, PKG=./identity ARGS='-run Name'
	$(SERVICES) -- go test $(PKG) $(ARGS)

schema-check: ## run the npm tools over the GraphQL schema: lint, last release, Relay, a generated typed client
	$(SERVICES) -node -- go test -count=1 -run 'TheSchemaIsDocumented|TheSchemaPassesTheTools|TheToolsFindABrokenSchema' ./graph ./tests

clients: ## sign in and call APIs with every client of docs/clients.md; installs each of them, prints the time
	$(SERVICES) -node -curl -- go test -count=1 -timeout 60m -v -run TheClientsOfThePage ./tests/clients -all

check: generate-check console-check tidy-check lint test ## all that CI does: generated files, go.mod, lint, tests

generate: ## rewrite the generated files
	go generate ./...

# Compares the files before and after, so that it works on a tree with changes and without git.
FILES := find . \( -name .git -o -name bin -o -name node_modules \) -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
generate-check: ## fail when a generated file is not what the generator writes
	@before=$$(mktemp) && trap 'rm -f "$$before"' EXIT && $(FILES) > "$$before" && go generate ./... && \
	if ! $(FILES) | diff "$$before" - ; then echo 'generated files were stale; they are rewritten now' >&2; exit 1; fi

console: ## build the admin console into console/dist; needs npm
	$(SERVICES) -node -- sh console/build.sh

console-check: ## fail when console/dist is not what is built from its sources
	@before=$$(mktemp) && trap 'rm -f "$$before"' EXIT && $(FILES) > "$$before" && $(MAKE) console && \
	if ! $(FILES) | diff "$$before" - ; then echo 'console/dist was stale; it is rewritten now' >&2; exit 1; fi

fmt: ## format the code
	$(LINT) fmt

lint: ## vet, lint and check the formatting
	go vet ./...
	$(LINT) run

tidy-check: ## fail when go.mod or go.sum is not tidy
	go mod tidy -diff

bench: ## run the benchmarks and the load run, BENCH=regexp USERS=10000,1000000 LOAD='-only refresh'
	$(SERVICES) -disk -postgres -redis -- sh -c 'go test -run "^$$" -bench "$(BENCH)" -benchmem ./... && \
		go run ./tests/load -users $(USERS) -baseline docs/performance-baseline.json $(LOAD)'

fuzz: ## run every fuzz target for FUZZTIME (30s)
	@grep -rHoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' . | while IFS=: read -r file func; do \
		echo "$$file $${func#func }"; \
		go test -run '^$$' -fuzz "^$${func#func }\$$" -fuzztime $(FUZZTIME) "$$(dirname "$$file")" < /dev/null || exit 1; \
	done

cover: ## measure what the tests reach, into bin/cover.html
	@mkdir -p bin
	$(SERVICES) -- go test -count=1 -timeout 20m -coverpkg=./... -coverprofile=bin/cover.out ./...
	go tool cover -html=bin/cover.out -o bin/cover.html
	@go tool cover -func=bin/cover.out | tail -n 1

clean: ## remove what was built
	rm -rf bin
