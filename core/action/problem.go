package action

import (
	"errors"

	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/sdk/diag"
)

// unreachable marks an error of the transport for what it is. A registry that
// has lost part of an image will not find it again: without the image it is built.
func unreachable(err error) error {
	switch {
	case errors.Is(err, registry.ErrUnreachable):
		return &engine.UnreachableError{Err: err}
	case errors.Is(err, registry.ErrMismatch):
		return diag.Errorf("registry-lies", diag.Pos{}, "%v", err).
			WithFix("have the repository repaired, or remove the image from it, and run again: what is not there is built")
	default:
		return err
	}
}

// registryProblem tells a user what is wrong with the registry of an image:
// which one, where it is named, why, and what can be done.
func registryProblem(image *inventory.Image, err error) error {
	switch {
	case errors.Is(err, registry.ErrUnreachable):
		return &engine.UnreachableError{Err: diag.Errorf("registry-unreachable", image.RepositoryPos(), "%s does not answer: %s", image.Host(), registry.Reason(err)).
			WithFix("see whether the name is right and this machine reaches it, then run again: what was built is kept")}
	case errors.Is(err, registry.ErrUnauthorized):
		return diag.Errorf("registry-denied", image.RepositoryPos(), "%s does not let us push to %s: %s", image.Host(), image.Repository, registry.Reason(err)).
			WithFix("log in as somebody who may (slipway reads what podman, buildah, skopeo and docker login write), then run again: what was built is kept")
	case errors.Is(err, registry.ErrMismatch):
		return diag.Errorf("registry-lies", image.RepositoryPos(), "%s holds of %s what it should not: %s", image.Host(), image.Name, registry.Reason(err)).
			WithFix("have %s repaired, or emptied, in that registry: what it holds is not what was put there", image.Repository)
	default:
		return err
	}
}
