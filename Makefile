# The habits of the project. Each target is a sentence; make alone prints them.

HARNESS := go run ./harness/cmd/harness
# How long make fuzz spends on each fuzz target, and make soak in all.
FUZZTIME ?= 30s
SOAKTIME ?= 2h
# The packages whose tests take -update.
GOLDEN = $(shell grep -rl --include='*_test.go' 'flag.Bool."update"' harness targets | xargs -r -n1 dirname | sort -u | sed 's,^,./,')

.DEFAULT_GOAL := usage
.PHONY: usage check test race stress fuzz bench golden soak cover

usage: ## print this text
	@echo "usage: make TARGET"
	@echo
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+): [^#]*## /  \1\t/' | expand -t 12

check: ## see in half a minute whether a change is fit to be shown: format, vet, staticcheck, architecture, short tests
	@test -z "$$(gofmt -l . | tee /dev/stderr)"
	go vet ./...
	"$$(go -C .ci/tools tool -n staticcheck)" ./...
	go test -short ./...

test: ## run all tests once, as the README says
	go test ./...

race: ## run all tests once under the race detector
	go test -race ./...

stress: ## run all tests a hundred times, on one, two and eight processors
	@for procs in 1 2 8; do echo "GOMAXPROCS=$$procs"; GOMAXPROCS=$$procs go test -count=100 -timeout 5h ./... || exit 1; done

fuzz: ## fuzz every fuzz target for FUZZTIME (30s)
	@go list ./... | while read -r pkg; do \
		for name in $$(go test -list '^Fuzz' "$$pkg" | grep '^Fuzz'); do \
			echo "$$pkg $$name"; \
			go test "$$pkg" -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) || exit 1; \
		done || exit 1; \
	done

bench: ## run every benchmark ten times here and on main, and compare the two
	bash .ci/bench

golden: ## rewrite the golden files, and show what changed: commit that only if it is what you meant
	go test $(GOLDEN) -update
	git --no-pager diff --stat -- '*testdata*'

soak: ## run the lock-free row for SOAKTIME (2h); a soak that was killed goes on
	$(HARNESS) soak --for $(SOAKTIME) --dir soak-state lockfree $(if $(wildcard soak-state/journal.jsonl),--resume)

cover: ## say how much of the code the tests reach
	go test -short -coverprofile=cover.prof ./...
	go tool cover -func=cover.prof | tail -n 1
