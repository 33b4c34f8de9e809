# What is done to this repository, by one word each. Kinward itself needs nothing but Go (https://go.dev/dl/); the checks of its
# web client need Node too (https://nodejs.org/) and Chromium, which is installed where that is possible.
GO       ?= go
FUZZTIME ?= 30s
LINT     := $(GO) tool -modfile=tools/go.mod golangci-lint
# The race detector looks at this repository and its libraries, but not into SQLite, which was C: that would take most of the time.
UNWATCHED := -gcflags='modernc.org/sqlite/lib=-race=false -d=checkptr=0'
RACE     := $(if $(filter 1,$(shell $(GO) env CGO_ENABLED 2>/dev/null)),-race $(UNWATCHED))

.PHONY: check test test-go test-web lint bench fuzz run generate pictures go node

check: lint test ## before every commit

test: test-go test-web ## all tests

test-go: go ## vet and the tests of Go; under the race detector where there is a C compiler, which it needs
	$(GO) vet ./...
	$(GO) test $(RACE) -timeout 20m ./...

test-web: go node ## the web client: types, units, and a real browser against the real server
	cd web && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error && npm run --silent types && npm run --silent vendor -- --check && \
	npm run --silent unit && npm run --silent browser

generate: go ## the web client's bundle, after a change in web/src
	$(GO) generate ./web

lint: go ## the first time it builds the linter, which takes two minutes
	$(LINT) run ./...

bench: go ## the benchmarks that matter, beside bare ones; fails where one became dearer. RECORD=1 records what it is now
	$(GO) run ./internal/bench/guard $(if $(RECORD),-record)

fuzz: go ## each fuzz test for FUZZTIME
	@set -e; grep -rE --include='*_test.go' '^func Fuzz' . | sed -E 's,^(.*)/[^/]*:func (Fuzz[A-Za-z0-9_]*).*,\1 \2,' | \
	while read -r dir name; do $(GO) test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) "$$dir"; done

run: go ## a demo hospital on http://127.0.0.1:8080
	$(GO) run ./cmd/kinward serve --demo

pictures: go node ## the README's screenshots
	cd web && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error && node e2e/pictures.mjs

go:
	@command -v $(GO) >/dev/null || { echo 'Go is missing. Install Go 1.26 or newer: https://go.dev/dl/' >&2; exit 1; }

node:
	@command -v npm >/dev/null || { echo 'Node is missing. Install Node 20 or newer: https://nodejs.org/' >&2; exit 1; }
