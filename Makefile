# What is done to this repository, by one word each. Nothing but Go is needed (https://go.dev/dl/).
GO       ?= go
FUZZTIME ?= 30s
LINT     := $(GO) tool -modfile=tools/go.mod golangci-lint
RACE     := $(if $(filter 1,$(shell $(GO) env CGO_ENABLED 2>/dev/null)),-race)

.PHONY: check test lint bench fuzz run go

check: lint test ## before every commit

test: go ## vet and all tests; under the race detector where there is a C compiler, which it needs
	$(GO) vet ./...
	$(GO) test $(RACE) -timeout 10m ./...

lint: go ## the first time it builds the linter, which takes two minutes
	$(LINT) run ./...

bench: go
	$(GO) test -run '^$$' -bench . -benchmem -timeout 30m ./...

fuzz: go ## each fuzz test for FUZZTIME
	@set -e; grep -rE --include='*_test.go' '^func Fuzz' . | sed -E 's,^(.*)/[^/]*:func (Fuzz[A-Za-z0-9_]*).*,\1 \2,' | \
	while read -r dir name; do $(GO) test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) "$$dir"; done

run: go ## a demo hospital on http://127.0.0.1:8080
	$(GO) run ./cmd/kinward serve --demo

go:
	@command -v $(GO) >/dev/null || { echo 'Go is missing. Install Go 1.26 or newer: https://go.dev/dl/' >&2; exit 1; }
