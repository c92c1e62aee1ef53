# Slipway. `make help` lists what can be made.

# These tags keep every C library out of the binary; cgo itself is needed for
# user namespaces and chroot isolation.
export GOFLAGS := -tags=containers_image_openpgp,exclude_graphdriver_btrfs,exclude_graphdriver_devicemapper -buildvcs=false
export CGO_ENABLED := 1

PROTO := sdk/proto/slipway/strategy/v1/strategy.proto

# Compiled on first use: about a minute on two cores with the modules at hand.
GOLANGCI := v2.15.0

.PHONY: help build test race bench docs lint generate site-assets demo demo-broken clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

build: ## bin/slipway
	go build -trimpath -ldflags='-s -w' -o bin/slipway ./cmd/slipway

test: site-assets ## every test
	go test -timeout 25m ./...

race: ## the tests of what is concurrent, with the race detector
	go test -timeout 25m -race ./core/graph ./core/engine ./core/decide ./core/action ./core/gate ./core/ledger ./core/registry ./core/smoke/... ./sdk/rpc ./sdk/pluginhost

bench: build ## docs/benchmarks.md, measured here (buildah's command is compared with where it is installed)
	go run ./core/internal/bench

docs: build ## the pages that commands write; tests compare them
	bin/slipway steps --format markdown > docs/steps.md
	bin/slipway doc --format markdown > docs/actions.md
	bin/slipway doc -t keyword --format markdown > docs/keywords.md
	bin/slipway config list --format markdown > docs/settings.md
	bin/slipway lint --list-rules --format markdown > docs/lint.md
	bin/slipway plugin describe dockerfile --format markdown > docs/strategies/dockerfile.md
	bin/slipway plugin describe s2i --format markdown > docs/strategies/s2i.md

generate: ## the code of the wire contract (needs protoc, protoc-gen-go, protoc-gen-go-grpc)
	protoc -I sdk/proto --go_out=sdk/proto --go_opt=paths=source_relative \
		--go-grpc_out=sdk/proto --go-grpc_opt=paths=source_relative $(PROTO:sdk/proto/%=%)

lint: ## gofmt, the linters and the table of layers
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$unformatted" || { echo "gofmt would change: $$unformatted"; exit 1; }
	go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI) run
	go test ./core/internal/layers

site-assets: ## what the reference site's images need, and nothing when it is there
	$(MAKE) -C inventory GOFLAGS=

RUN := bin/slipway run playbooks/nightly.yml -i inventory

demo: site-assets build ## the whole way to a promoted latest, on the reference site
	$(RUN)
	@printf '\nWhat stands on what:\n\n'
	@bin/slipway inventory graph -i inventory
	@printf '\nWhere the images are: .slipway/registry holds them; bin/slipway registry serve lets others pull.\n\n'
	@for image in api web; do bin/slipway verify $$image -i inventory; done

# The same site, spoilt in a copy: the board's title is changed and its feature is not.
BROKEN := .slipway/demo-broken

demo-broken: demo ## the gate refusing: one failing feature, latest stays where it was
	rm -rf $(BROKEN) && mkdir -p $(BROKEN)
	cp -r inventory playbooks features $(BROKEN)/ && cp -r .slipway/registry .slipway/builds.jsonl $(BROKEN)/ && touch $(BROKEN)/slipway.yml
	mkdir $(BROKEN)/.slipway && mv $(BROKEN)/registry $(BROKEN)/builds.jsonl $(BROKEN)/.slipway/
	sed -i 's/Harbour board/Harbour bored/' $(BROKEN)/inventory/images/web-builder/container-assets/board.html
	cd $(BROKEN) && ../../$(RUN); code=$$?; \
		../../bin/slipway history web -i inventory; ../../bin/slipway verify web -i inventory; \
		echo "exit code $$code"; test $$code = 3

clean: ## remove what was built; .slipway stays
	rm -rf bin
	$(MAKE) -C inventory clean
