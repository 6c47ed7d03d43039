# The entry points for people and for .ci/run. The work is done in scripts/.
.PHONY: help demo build test test-clients lint format sanitize

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo:  ## set up, build a release, run one streamed exchange with the built-in provider
	@scripts/setup
	swift build -c release --static-swift-stdlib --product agentroute
	.build/release/agentroute demo

build:  ## set up and build a release: .build/release/agentroute
	@scripts/setup
	swift build -c release --static-swift-stdlib --product agentroute

test:  ## set up and run every test but those with real clients
	@scripts/setup
	scripts/test-embedding
	swift test --disable-xctest

test-clients:  ## run real Claude Code against the demo provider (fetches it from PyPI)
	@scripts/setup --dev
	scripts/test-clients

lint:  ## check format, layers, sizes, words and vendored symbols
	@scripts/setup --dev
	scripts/lint

format:  ## format Swift and C in place
	@scripts/setup --dev
	scripts/format

sanitize:  ## run the C tests under three sanitizers, the gateway's under one
	@scripts/setup
	scripts/sanitize-c
	scripts/sanitize-c thread
	scripts/sanitize-swift

.PHONY: bench
bench:  ## compare the cost with nginx, HAProxy and Caddy: 15 minutes, writes docs/benchmarks.md
	scripts/bench

.PHONY: fuzz
fuzz:  ## run the fuzz targets of the C core, SECONDS (60) in all
	@scripts/setup
	scripts/fuzz $(SECONDS)

.PHONY: soak
soak:  ## mix upstream faults and rude clients for a minute, check every answer
	@scripts/setup
	scripts/soak
