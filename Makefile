# TrailLake: every command a developer needs. `make help` lists them.

GO      ?= go
BIN     := bin/traillake
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)

.PHONY: all help demo test lint race slt spill slt-trino audit-truth random share trees-trino crash soak fuzz microbench bench bench-growth bench-quick generate generated-current console console-current ci clean

all: $(BIN)

.PHONY: $(BIN)
$(BIN):
	$(GO) build -ldflags '$(LDFLAGS)' -o $@ ./cmd/traillake

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

demo: $(BIN) ## generate a sample trail, import it, run sample queries, serve the console
	@echo "demo: a sample trail is generated, imported and queried in a temporary data directory"
	$(BIN) demo $(DEMOFLAGS)

test: ## run every test; optional parts that are missing are named and skipped
	@echo "test: all packages, some minutes"
	@for m in boto3 duckdb; do python3 -c "import $$m" 2>/dev/null || echo "test: the end-to-end test with $$m is skipped: python3 has no module $$m"; done
	@aws --version >/dev/null 2>&1 || echo "test: the end-to-end test with the aws CLI is skipped: it is not installed"
	@for b in $$CHROMIUM chromium chromium-browser google-chrome google-chrome-stable chrome; do command -v $$b >/dev/null && exit 0; done; \
	echo "test: the tests of the console in a browser are skipped: no Chromium is on the path or named by CHROMIUM"
	$(GO) test -timeout 20m ./...

lint: ## gofmt and golangci-lint, or of its linters go vet and staticcheck where it is not installed
	@out=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$out" ]; then echo "gofmt would change:"; echo "$$out"; exit 1; fi
	@if command -v golangci-lint >/dev/null; then echo "golangci-lint run ./..."; golangci-lint run ./...; \
	elif [ -n "$$TRAILLAKE_REQUIRE_OPTIONAL" ]; then echo "lint: golangci-lint is required here and missing"; exit 1; \
	else echo "lint: golangci-lint is not installed (go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint): go vet and staticcheck only"; \
	$(GO) vet ./... && $(GO) tool staticcheck ./...; fi

# Races are between goroutines: a package is run under the detector when it, or its
# test, starts goroutines or has what only they need. The others are pure
# functions, and are called from goroutines by the tests of those above them; so are
# parse and trailgen. difftest asks the engine what slttest asks it, and the servers
# that cmd/traillake starts are made of engine/api, whose tests call it from many.
# engine/bench is another module.
CONCURRENT = git ls-files '*.go' | xargs grep -lE '^\s+go (func|[a-z])|"sync(/atomic)?"|"golang.org/x/sync/|t\.Parallel\(' | xargs -n1 dirname | sort -u | sed 's|^|./|' | grep -vxE './(cmd/traillake|query/parse|query/difftest|ingest/trailgen|engine/bench)'

race: ## the tests of packages with goroutines or locks under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race -short -timeout 30m $$($(CONCURRENT))

slt: ## the sqllogictest files, in every configuration of the engine
	$(GO) test -count=1 -v -run 'TestFiles' ./query/slttest | grep -E 'records|differs|^(---|ok|FAIL|panic)'

spill: ## sort, join and group 5 million rows in 256 MiB, and check the answers
	$(GO) test -count=1 -v -timeout 30m -run 'TestSpill$$' ./query -args -spillrows=5000000 -spilllimit=268435456

slt-trino: ## hold the recorded files against a real Trino (needs Maven and JDK 25, or TRINO=URL of a server)
	@sh query/slttest/record/trino.sh $(GO) run ./query/slttest/record

audit-truth: ## record the answers of the audit queries anew from a real Trino, and check some from the raw JSON
	@sh query/slttest/record/trino.sh python3 testdata/audit/truth.py
	@python3 testdata/audit/plain.py -write

N    ?= 2000
SEED ?= 1
PEER ?= self,duckdb
random: ## N random statements of SEED compared with PEER (self, duckdb, or trino at the server TRINO)
	$(GO) test -count=1 -v -timeout 0 -run 'TestRandom' ./query/difftest -args -n=$(N) -seed=$(SEED) -peer=$(PEER) $(if $(TRINO),-server=$(TRINO))

share: ## how many statements reach Vitess without a rewrite, and how often each rule is used
	@$(GO) test -count=1 -v -run '^TestShare$$' ./query/parse | sed -E 's/^ +share_test.go:[0-9]+: //'

trees-trino: ## record anew what Trino's own parser makes of the parser's corpus (needs Maven and JDK 25)
	@sh query/parse/testdata/trino/record.sh
	@git diff --stat --exit-code -- query/parse/testdata/trino/*.txt

KILLS ?= 20
crash: ## kill the server at random moments of imports, live events and watching, KILLS times each, and fail every operation of a watched source
	$(GO) test -count=1 -v -timeout 60m -run 'TestKill' ./cmd/traillake -args -kills=$(KILLS)
	$(GO) test -count=1 -timeout 30m -run 'TestWatch(Crash|Faults)' ./engine -args -everyfault

SOAK ?= 2m
soak: ## put live events from 8 clients for SOAK, RATE per second or as many as go, with queries and compaction beside them, and print what it took
	$(GO) test -count=1 -v -timeout 0 -run 'TestSoak$$' ./cmd/traillake -args -soak=$(SOAK) -soakrate=$(or $(RATE),0)

FUZZTIME ?= 30s
fuzz: ## every fuzz target for FUZZTIME
	@set -e; for pkg in $$(grep -rl --exclude-dir=node_modules --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u); do \
	  for f in $$(grep -rhoE '^func (Fuzz[A-Za-z0-9_]+)' $$pkg/*_test.go | sed 's/func //'); do \
	    echo "fuzz: $$pkg $$f $(FUZZTIME)"; $(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) $$pkg; done; done

microbench: ## the benchmarks beside the code
	$(GO) test -run '^$$' -bench . -benchmem ./...

# BENCH builds the yardstick, a module of its own: DuckDB needs a C compiler.
BENCH = cd engine/bench && CGO_ENABLED=1 $(GO) build -tags duckdb_arrow -o ../../bin/bench . && ../../bin/bench
BENCHFLAGS ?=

bench: ## hold the lake against DuckDB at 5 million events: name ours_ms peer_ms ratio (needs a C compiler, some 25 GB of disk, half an hour)
	$(BENCH) -native -memory -limits $(BENCHFLAGS)

bench-growth: ## the same at 20 million events
	$(BENCH) -events 20000000 -ingests 0 -memory $(BENCHFLAGS)

bench-quick: ## the same at 1 million events: that both sides give the same answers, not how fast
	$(BENCH) -events 1000000 -days 30 -runs 1 -ingests 0 $(BENCHFLAGS)

generate: ## make the generated files anew (needs protoc: apt-get install protobuf-compiler libprotobuf-dev)
	sh proto/generate.sh

generated-current: generate ## fail when a generated file is not current
	@git diff --exit-code -- proto || { echo "generated files are not current: run 'make generate' and commit"; exit 1; }

WEB := engine/api/console/web

console: $(WEB)/node_modules/.package-lock.json ## build the console's bundle anew from engine/api/console/web (needs Node 20.19 or newer)
	cd $(WEB) && npm run --silent types && npm run --silent check && npm run --silent build

$(WEB)/node_modules/.package-lock.json: $(WEB)/package-lock.json
	cd $(WEB) && npm ci
	@touch $@

console-current: console ## fail when the console's bundle is not current
	@out=$$(git status --porcelain -- engine/api/console/static); if [ -n "$$out" ]; then \
	echo "$$out"; echo "the console's bundle is not current: run 'make console' and commit"; exit 1; fi

ci: ## what CI runs: lint, generated files, the console's bundle, the tests, the race detector and the yardstick, nothing optional left out
	TRAILLAKE_REQUIRE_OPTIONAL=1 $(MAKE) lint
	$(MAKE) generated-current
	$(MAKE) console-current
	TRAILLAKE_REQUIRE_OPTIONAL=1 $(MAKE) test
	$(MAKE) race
	$(MAKE) bench-quick

clean: ## remove what was built
	rm -rf bin
