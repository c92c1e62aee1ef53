package decide

import (
	"errors"

	"github.com/slipway-build/slipway/core/bases"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// silent tells why the registry of an image does not say what must be known. The
// words are the same for all images of that registry that fail for one reason.
func silent(image *inventory.Image, err error) error {
	text := image.Host() + ": " + registry.Reason(err)
	if errors.Is(err, registry.ErrUnauthorized) {
		text += " (log in: " + logins + ")"
	}
	return &engine.UnreachableError{Err: errors.New(text)}
}

// logins says which logins count.
const logins = "slipway reads what podman, buildah, skopeo and docker login write"

// baseProblem tells a user why an image that is not of the inventory cannot be
// had, at the line that asks for it.
func baseProblem(image *inventory.Image, in strategy.ImageInput, err error) error {
	return BaseProblem(in.Reference, plan.InputPos(image, in), err)
}

// BaseProblem tells why an image of others cannot be had, and what can be done. pos
// is where it is asked for.
func BaseProblem(ref string, pos diag.Pos, err error) error {
	d := diag.Diagnostic{Code: "base-unknown", Pos: pos, Summary: ref + " cannot be looked up: " + registry.Reason(err)}
	switch {
	case errors.Is(err, errUnpinned):
		d.Code, d.Summary = "base-unlocked", ref+" is not in "+bases.File+", and --locked takes nothing else"
		return d.WithFix("run slipway bases lock and commit %s", bases.File)
	case errors.Is(err, errPinGone):
		d.Summary = ref + " cannot be had as locked: " + err.Error()
		return d.WithFix("run slipway bases update %s", ref)
	case errors.Is(err, errUnseen):
		return &engine.UnreachableError{Err: d.WithFix("build once without --offline")}
	case errors.Is(err, registry.ErrUnreachable):
		return &engine.UnreachableError{Err: d.WithFix("see whether the name is right and this machine reaches the registry, then run again")}
	case errors.Is(err, registry.ErrUnauthorized):
		return d.WithFix("see whether the name is right, and log in: %s", logins)
	case errors.Is(err, registry.ErrNotFound):
		d.Summary = "there is no image " + ref
		return d.WithFix("see whether the name and the tag are right")
	default:
		return d
	}
}
