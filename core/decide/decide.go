// Package decide finds out what becomes of images before anything is done to
// them: built and why, taken as they are, given a tag that is missing, or left
// undecided because somebody could not be asked.
//
// A [Decider] gathers what there is to know, platform by platform, and has one
// pure function, [plan.Decide], decide: the images that an image is made from
// are bound, its files are read, its key is looked up. `slipway plan` asks about
// all images at once ([Decider.Preview]), a build about its own
// ([Decider.Decide]), so that both say the same.
//
// Deciding changes nothing: it reads files and asks registries, local storage
// and what this machine remembers. All that it writes down is what outside
// images were seen to be, by which a later run offline decides. What it and the
// actions learn of each image in a run is in [Products]: actions put there what
// they have made, and what stands on it is decided by that.
//
// The registry's word on a build counts before this machine's, for others share
// it; of a build that may come out differently each time it is the other way
// round. A registry that does not answer within a minute is one that cannot be
// reached: a run then says so and builds, which is never wrong, and a plan leaves
// the image undecided rather than promise what it does not know.
package decide

import (
	"context"
	"time"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// Registry is what deciding needs of registries: it only asks.
type Registry interface {
	Resolve(ctx context.Context, ref string) (registry.Manifest, error)
}

// Store is the local container storage.
type Store interface {
	Has(imageID string) bool
	Storage() strategy.Storage
}

// Memory is what this workstation remembers of its builds.
type Memory interface {
	Built(key string) (ledger.Build, bool, error)
	Last(image, platform string) (ledger.Build, bool, error)
}

// A Decider finds out all that there is to know of an image and has
// [plan.Decide] decide.
//
// What it learns about the outside (bases, files behind URLs) it keeps, so that
// all images of a run stand on the same. A registry that does not answer within
// Patience is one that cannot be reached.
type Decider struct {
	Family   *plan.Family
	Products *Products
	Registry Registry
	Store    Store
	Memory   Memory
	Bases    Bases
	Memo     *buildkey.Memo
	// Workspaces may be nil when no image has sources.
	Workspaces Workspaces
	Describe   func(ctx context.Context, name string) (strategy.DescribeResponse, error)
	Identity   func(name string) (string, error) // tells a strategy's plugin from all others
	ETag       func(ctx context.Context, url string) (string, error)
	Warn       func(diag.Diagnostic)
	// Strict has an image whose registry cannot be asked stay undecided, as a
	// plan must; a run warns and builds it, which is never wrong.
	Strict   bool
	Patience time.Duration // 0: a minute

	outside  answers[registry.Manifest] // by reference and platform
	versions answers[string]            // by URL
	standIns answers[Product]           // by image
}

// Decide works out what becomes of an image from its inputs as they are now
// and from what was decided for its parents. Its build is looked up first in
// the registry, which wins, then here. An error is the user's mistake or this
// machine's fault; that a registry could not be asked is a Blocked decision.
func (d *Decider) Decide(ctx context.Context, image *inventory.Image) (Decision, error) {
	return d.decide(ctx, image, nil)
}

// decide looks at tags of the image as well.
func (d *Decider) decide(ctx context.Context, image *inventory.Image, tags []string) (Decision, error) {
	s := d.survey(image)
	for _, step := range []func(context.Context) error{s.read, s.lookUp, s.last} {
		if err := step(ctx); err != nil {
			return Decision{}, err
		}
	}
	wanted, err := s.tags(ctx, tags)
	if err != nil {
		return Decision{}, err
	}
	out := s.decision(wanted)
	out.Reasons = d.counted(ctx, image, out.Reasons)
	return out, nil
}
