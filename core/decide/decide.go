package decide

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/engine"
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

// A Decision is what becomes of an image, with what it takes to carry it out.
type Decision struct {
	plan.Decision
	Rulings []Ruling // one for each platform
	Product Product  // with the image IDs of the builds that are known
	Trouble error    // why nothing could be decided; nil unless Blocked
}

// A Ruling is what becomes of an image for one platform, with what it takes to
// carry it out.
type Ruling struct {
	plan.Ruling
	Facts buildkey.Facts
	Bases []strategy.BaseImage
	Part  Part
}

// Known reports whether a build of the image's key is known, whether or not it
// may be used again.
func (d Decision) Known() bool { return d.Product.Known() }

// Pending is what stands for the image until it is finished: what is known of
// some platforms already, and nothing but what will become of the others.
func (d Decision) Pending() Product {
	p := Product{Key: d.Product.Key, Tags: d.Product.Tags, Foreseen: true}
	for _, r := range d.Rulings {
		if r.Fate != plan.Reuse {
			r.Part = Part{Platform: r.Platform, Key: r.Part.Key, Fate: r.Fate}
		}
		if d.Fate == plan.Blocked {
			r.Part = Part{Platform: r.Platform, Key: r.Part.Key, Fate: plan.Blocked}
		}
		p.Parts = append(p.Parts, r.Part)
	}
	return p
}

// Recorded is what is known of the image, with what went into it.
func (d Decision) Recorded() Product {
	p := d.Product
	p.Parts = slices.Clone(p.Parts)
	for i, r := range d.Rulings {
		p.Parts[i].Facts = &r.Facts
	}
	return p
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

// A gathering is one platform of an image about which everything is found out.
type gathering struct {
	*Decider
	node   *plan.Node
	answer plan.Answer
	known  plan.Known
	bases  []strategy.BaseImage
	part   Part
}

// unknown keeps what could not be found out, unless the run is over.
func (g *gathering) unknown(ctx context.Context, what string, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	g.known.Trouble = append(g.known.Trouble, plan.Trouble{What: what, Err: err})
	return nil
}

// mistaken reports whether err is for the user to mend, whatever answers.
func mistaken(err error) bool {
	_, away := errors.AsType[*engine.UnreachableError](err)
	return !away && diag.Of(err) != nil
}

// facts gathers everything but the images that goes into the key.
func (g *gathering) facts(ctx context.Context) error {
	facts, volatile, err := g.read(ctx, g.node.Image, g.answer, &g.versions)
	if t, ok := errors.AsType[*urlError](err); ok {
		return g.unknown(ctx, t.url, t.err)
	}
	if name, ok := unreachableSource(err); ok {
		return g.unknown(ctx, name, err)
	}
	if err != nil {
		return err
	}
	facts.Images = g.known.Facts.Images
	g.known.Facts, g.known.Volatile = facts, volatile
	if len(g.known.Open) == 0 && len(g.known.Trouble) == 0 {
		g.known.Key = buildkey.Compute(facts)
	}
	return nil
}

// read returns the facts about an image for a platform, but for its images, as
// they are now, and why its build may never be used again. versions keeps those
// of URLs; nil has every server asked.
func (d *Decider) read(ctx context.Context, image *inventory.Image, answer plan.Answer, versions *answers[string]) (buildkey.Facts, string, error) {
	about, err := d.Describe(ctx, image.Strategy)
	if err != nil {
		return buildkey.Facts{}, "", err
	}
	plugin, err := d.Identity(image.Strategy)
	if err != nil {
		return buildkey.Facts{}, "", err
	}
	space, err := d.ground(ctx, image)
	if err != nil {
		return buildkey.Facts{}, "", err
	}
	files, err := buildkey.Read(ctx, space.Dir, answer.Inputs, d.Memo)
	if err != nil {
		return buildkey.Facts{}, "", err
	}
	facts := buildkey.Facts{
		Strategy: about.Name, Version: about.Version, Plugin: plugin, Config: image.Config,
		Args: image.Args, Labels: image.Labels, Platform: answer.Platform, Epoch: image.Epoch,
		Sources: space.Sources, Fingerprint: answer.Fingerprint, Files: files,
	}
	urls, volatile, err := d.urls(ctx, image, answer, versions)
	facts.URLs = urls
	return facts, cmp.Or(answer.Volatile, volatile), err
}

// Changed reads what goes into an image for the platform of a ruling again, its
// images excepted, and tells what is not as it was then. Every server is asked
// again; a build that was begun on the ruling counts only when nothing is.
func (d *Decider) Changed(ctx context.Context, image *inventory.Image, r Ruling) ([]buildkey.Reason, error) {
	answer := d.Family.Node(image.Name).Answer(r.Platform)
	after, _, err := d.read(ctx, image, answer, nil)
	if err != nil {
		return nil, err
	}
	after.Images = r.Facts.Images
	return buildkey.Diff(r.Facts, after), nil
}

// within bounds how long a question to the outside may take.
func (d *Decider) within(ctx context.Context) (context.Context, context.CancelFunc) {
	patience := cmp.Or(d.Patience, time.Minute)
	return context.WithTimeoutCause(ctx, patience, &registry.NoAnswerError{Within: patience})
}
