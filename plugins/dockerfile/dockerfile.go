// Package dockerfile is the strategy "dockerfile": it builds an image from the
// Dockerfile or Containerfile in its workspace, with buildah.
//
// Defaults: the file is Containerfile or Dockerfile, whichever is there (both
// is an error, unless `file` says which), the context is the whole workspace,
// and the target is the last stage. The ignore file is found as buildah finds
// it. Isolation, build arguments, labels, platform and epoch come with each
// build. The package comment of plugins/internal/build tells how it builds.
package dockerfile

import (
	"context"
	"encoding/json"

	"github.com/slipway-build/slipway/plugins/internal/build"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// Name is what playbooks and inventories call the strategy.
const Name = "dockerfile"

// Version is part of every build key. It is raised when equal inputs give
// another image than before; the golden test says when.
const Version = "1.0.1"

// Strategy is the strategy "dockerfile". The zero Strategy is ready.
type Strategy struct{ strategy.Unimplemented }

var _ strategy.Strategy = Strategy{}

// Reexec serves the processes that a build starts from its own binary, and
// reports whether this is one of them. main calls it first of all and returns
// when it answers true.
func Reexec() bool { return build.Reexec() }

// Describe says what the strategy is.
func (Strategy) Describe(context.Context, strategy.DescribeRequest) (strategy.DescribeResponse, error) {
	return strategy.DescribeResponse{
		Name:         Name,
		Version:      Version,
		Summary:      "Builds a Dockerfile or Containerfile with buildah",
		Capabilities: []string{strategy.CapabilityResources, strategy.CapabilityStop, strategy.CapabilityStorage},
		ConfigSchema: json.RawMessage(schema),
		Requires:     build.Requires(),
		Transports:   build.Transports(),
	}, nil
}

// Validate judges a config by itself.
func (Strategy) Validate(_ context.Context, req strategy.ValidateRequest) (strategy.ValidateResponse, error) {
	_, problems := readConfig(req.Config)
	return strategy.ValidateResponse{Diagnostics: problems}, nil
}
