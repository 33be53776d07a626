# Everything runs in every module of the project: the library, and those beside it whose dependencies are their own.
MODULES := $(patsubst ./%,%,$(patsubst %/go.mod,%,$(sort $(shell find . -name go.mod -not -path './.*'))))
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
FUZZTIME ?= 2m
# The programs are built and then run: "go run" ends with an error when its program is ended by Ctrl-C.
BIN := .bin
# The shell stops at the first module that fails.
each = @set -e; for m in $(MODULES); do echo "== $$m"; (cd $$m && $(1)); done

.DEFAULT_GOAL := help
.PHONY: help run sim test lint bench cover fuzz

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' Makefile

run: ## the demo shop, with a simulated merchant inside (PORT, 8080)
	cd examples && go build -o ../$(BIN)/storefront ./storefront
	@TENDER_DEMO=1 exec $(BIN)/storefront

sim: ## the simulated merchant alone, for any client (ADDR, 127.0.0.1:9090)
	cd examples && go build -o ../$(BIN)/simulator ./simulator
	@exec $(BIN)/simulator

test: ## all tests, with the race detector; allocations are then counted without it
	$(call each,go test -race -shuffle=on ./...)
	@echo "== allocations"
	go test -run 'Alloc' ./adapters/... ./resolver/...

lint: ## formatting, vet, golangci-lint, tidy modules
	@test -z "$$(gofmt -l .)" || { gofmt -d . ; exit 1; }
	$(call each,go vet ./... && go mod tidy -diff)
	@config=$$PWD/.golangci.yml; set -e; for m in $(MODULES); do \
		echo "== golangci-lint $$m"; (cd $$m && go run $(GOLANGCI) run --config $$config ./...); done

bench: ## the benchmarks, each as a ratio to its floor, into BENCHMARKS.md
	cd tools && GOGC=1000 BENCH_OUT=../BENCHMARKS.md go test -count=1 -run '^TestReport$$' -timeout 30m -v ./bench

cover: ## coverage of the library, package by package
	go test -coverprofile=cover.out -coverpkg=./resolver/...,./middleware/...,./adapters/... ./...
	go tool cover -func=cover.out | tail -1
	@echo "in a browser: go tool cover -html=cover.out"

fuzz: ## every fuzz test, FUZZTIME (2m) each
	@set -e; for dir in $$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u); do \
		for f in $$(grep -ho '^func Fuzz[A-Za-z0-9_]*' $$dir/*_test.go | cut -c6-); do \
			echo "== $$dir $$f"; go test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) $$dir; done; done
