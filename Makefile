# Slipway. `make help` lists what can be made.

# These tags keep every C library out of the binary; cgo itself is needed for
# user namespaces and chroot isolation.
export GOFLAGS := -tags=containers_image_openpgp,exclude_graphdriver_btrfs,exclude_graphdriver_devicemapper -trimpath -buildvcs=false
export CGO_ENABLED := 1

PROTO := sdk/proto/slipway/strategy/v1/strategy.proto

.PHONY: help build test lint generate

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

build: ## bin/slipway
	go build -ldflags='-s -w' -o bin/slipway ./cmd/slipway

test: ## every test
	go test ./...

generate: ## the code of the wire contract (needs protoc, protoc-gen-go, protoc-gen-go-grpc)
	protoc -I sdk/proto --go_out=sdk/proto --go_opt=paths=source_relative \
		--go-grpc_out=sdk/proto --go-grpc_opt=paths=source_relative $(PROTO:sdk/proto/%=%)
