package action

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/builder"
	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A Process is a strategy that was opened for one build.
type Process interface {
	strategy.Strategy
	Close(ctx context.Context) error
}

// An Importer copies an image between transports if it has the given ID.
type Importer interface {
	Import(ctx context.Context, source, target, imageID string) error
}

// A Puller brings images into local storage.
type Puller interface {
	Pull(ctx context.Context, ref, target string, o registry.PullOptions) (imageID string, err error)
}

// A Rememberer keeps what was built.
type Rememberer interface {
	Remember(ctx context.Context, b ledger.Build) error
}

// Build is the action that makes an image as its inventory says, unless its
// build is known. It takes only how to run, never what to build.
type Build struct {
	Decider  *decide.Decider
	Registry Puller     // of bases that are not in local storage
	Importer Importer   // brings results into local storage that strategies left elsewhere
	Memory   Rememberer // of what was built
	// Workspaces may be nil when no image has sources.
	Workspaces Workspaces
	Open       func(ctx context.Context, name string) (Process, error)
	Dirs       func(image string) (strategy.Dirs, func(), error) // fresh folders and their removal
	Secrets    func(context.Context, *inventory.Image) (map[string][]byte, error)
	Builders   *builder.Builders
	RunID      string // the run's identifier
	Replan     bool   // a resumed run goes on with images that have changed
	Store      Storehouse
	Runtime    *container.Runtime // runs containers that leave bundles
}

// buildArgs are the arguments of `build`.
type buildArgs struct {
	NoCache bool          `yaml:"no_cache" default:"false" doc:"build although the build is known, and reuse no layer"`
	Timeout time.Duration `yaml:"timeout" doc:"after which the build is stopped and has failed; by default that of image.yml" example:"30m"`
	Tags    []string      `yaml:"tags" doc:"tags that the push will put, as the action tag would give them" example:"[test]"`
}

// buildResult is what is registered of `build`, and of `push`.
type buildResult struct {
	ImageID   string            `yaml:"image_id" doc:"the image ID; empty when it is not known yet, and when there are several platforms"`
	Images    map[string]string `yaml:"images" doc:"the image IDs by platform"`
	Key       string            `yaml:"key" doc:"the build key: a hash of everything that goes into the build, of several platforms that of their index"`
	Built     bool              `yaml:"built" doc:"whether this run made the image, and did not find it"`
	Digest    string            `yaml:"digest" doc:"the digest of the manifest in the image's repository; until there is one the image ID; of several platforms it is their index"`
	Reference string            `yaml:"reference" doc:"repository@digest; empty until there is a manifest"`
}

// Declare declares the action.
func (*Build) Declare() declare.Action {
	return declare.Action{
		Name:    "build",
		Summary: "build the image, or reuse the build that is known for its key",
		About: "What is built, and how, is the inventory's to say: the strategy, its config, args and labels stand in image.yml. " +
			"The action takes only how to run.\n\n" +
			"A build that is known for the image's key, in its repository or on this machine, is reused. Each platform of the image is built on its own, " +
			"one after the other: when one is added, that one is built.",
		Args: new(buildArgs), Result: new(buildResult), Builder: true,
		Check:    "Decides as a run would, says what would become of the image and why, and builds nothing.",
		Examples: []string{"build:", "name: Build again from nothing\nbuild:\n  no_cache: true\n  timeout: 30m", "build:\non: oci"},
	}
}

// Run builds the image of a step.
func (b *Build) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	args, err := declare.Decode[buildArgs](step.Args)
	if err != nil {
		return engine.Result{}, err
	}
	decision, err := b.Decider.Decide(ctx, step.Image)
	if err != nil {
		return engine.Result{}, err
	}
	if decision.Trouble != nil {
		return engine.Result{}, decision.Trouble
	}
	decision.Product.Tags = args.Tags
	if decision.Fate == plan.Reuse && !args.NoCache {
		return b.reuse(step, decision), nil
	}
	if step.Check {
		return b.foretell(step, decision), nil
	}
	place, free, err := b.place(ctx, step)
	if err != nil {
		return engine.Result{}, err
	}
	defer free()
	args.Timeout = cmp.Or(args.Timeout, step.Image.Timeout, place.Timeout)
	step.Image = there(step.Image, place)
	return b.build(ctx, step, args, decision)
}

// reuse has the known build stand for the image.
func (b *Build) reuse(step engine.Step, d decide.Decision) engine.Result {
	b.Decider.Products.Put(step.Image.Name, d.Product)
	verb := "reused"
	if step.Check {
		verb = string(d.Fate)
	}
	return engine.Result{Verb: verb, Digest: d.Product.ImageID(), Detail: "key " + d.Key.Short() + "…", Values: values(d.Product)}
}

// foretell says what would become of the image, so that those built on it can
// be told as well.
func (b *Build) foretell(step engine.Step, d decide.Decision) engine.Result {
	b.Decider.Products.Put(step.Image.Name, d.Pending())
	return engine.Result{Changed: d.Fate == plan.Build, Verb: string(d.Fate), Detail: d.Because(), Values: values(d.Product), Groups: []string{"stale"}}
}

// build makes the image and remembers it.
func (b *Build) build(ctx context.Context, step engine.Step, args buildArgs, d decide.Decision) (engine.Result, error) {
	if args.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, args.Timeout, fmt.Errorf("the build took longer than %s", args.Timeout))
		defer cancel()
	}
	p := d.Product
	p.Built, p.Manifest, p.Parts = true, nil, slices.Clone(p.Parts)
	for i, r := range d.Rulings {
		if r.Fate == plan.Reuse && !args.NoCache {
			continue
		}
		part, err := b.part(ctx, step, args, r, p)
		if err != nil {
			return engine.Result{}, err
		}
		p.Parts[i] = part
	}
	b.Decider.Products.Put(step.Image.Name, p)
	return engine.Result{Changed: true, Verb: "built", Digest: p.ImageID(), Detail: d.Because(), Values: values(p), Groups: []string{"built"}}, nil
}

// part makes the image for one platform and remembers it. whole is what is known
// of the others.
func (b *Build) part(ctx context.Context, step engine.Step, args buildArgs, r decide.Ruling, whole decide.Product) (decide.Part, error) {
	if len(step.Image.Platforms) > 1 {
		fmt.Fprintf(step.Log, "=== %s\n", r.Platform)
	}
	result, err := b.make(ctx, step, args, r)
	if err != nil {
		return decide.Part{}, err
	}
	if err := b.unchanged(ctx, step, r); err != nil {
		return decide.Part{}, err
	}
	if err := distinct(step.Image, whole, r.Platform, result.ID); err != nil {
		return decide.Part{}, err
	}
	part := r.Part
	part.ImageID, part.Local, part.Manifest, part.Facts = result.ID, true, nil, &r.Facts
	return part, b.remember(ctx, step.Image, part)
}

func (b *Build) remember(ctx context.Context, image *inventory.Image, p decide.Part) error {
	raw, err := json.Marshal(p.Facts)
	if err != nil {
		return fmt.Errorf("remembering the build of %s: %w", image.Name, err)
	}
	return b.Memory.Remember(ctx, ledger.Build{Key: p.Key, Image: image.Name, Platform: p.Platform, ImageID: p.ImageID, Facts: raw})
}

// make runs the strategy in a process of its own.
func (b *Build) make(ctx context.Context, step engine.Step, args buildArgs, r decide.Ruling) (strategy.Image, error) {
	bases, err := b.fetch(ctx, step, r)
	if err != nil {
		return strategy.Image{}, err
	}
	space, err := b.workspace(ctx, step, bases)
	if err != nil {
		return strategy.Image{}, err
	}
	dirs, remove, err := b.Dirs(step.Image.Name)
	if err != nil {
		return strategy.Image{}, fmt.Errorf("making the folders of the build: %w", err)
	}
	defer remove()
	dirs.Workspace = space.Dir
	process, err := b.Open(ctx, step.Image.Strategy)
	if err != nil {
		return strategy.Image{}, placed(step.Image, err)
	}
	defer func() { _ = process.Close(context.WithoutCancel(ctx)) }()
	listener := newListener(step, space)
	image := step.Image
	secrets, err := b.Secrets(ctx, image)
	if err != nil {
		return strategy.Image{}, err
	}
	err = process.Build(ctx, strategy.BuildRequest{
		ID: buildID(b.RunID, image, r.Platform), Config: image.Config,
		Target: strategy.Target{Image: image.Name, Platform: r.Platform}, Dirs: dirs,
		Args: image.Args, Labels: image.Labels, Bases: bases, Epoch: image.Epoch,
		Isolation: image.Isolation, NoCache: args.NoCache, Storage: b.Decider.Store.Storage(),
		Secrets: secrets, Timeout: int64(args.Timeout.Seconds()), Resources: image.Resources.Request(),
	}, listener)
	if err != nil {
		return strategy.Image{}, err
	}
	return b.verify(ctx, step, listener)
}

// buildID names one build; it must be usable as a file name everywhere.
func buildID(run string, image *inventory.Image, platform string) string {
	id := run + "-" + image.Name
	if len(image.Platforms) > 1 {
		id += "-" + dashed(platform)
	}
	return strings.ReplaceAll(id, ".", "_")
}

// dashed is a platform where a slash cannot stand: "linux-arm64".
func dashed(platform string) string { return strings.ReplaceAll(platform, "/", "-") }

// fetch brings bases that are only in a registry into local storage, by
// digest, so that a strategy finds every base in one place.
func (b *Build) fetch(ctx context.Context, step engine.Step, r decide.Ruling) ([]strategy.BaseImage, error) {
	out := make([]strategy.BaseImage, len(r.Bases))
	for i, base := range r.Bases {
		if !b.Decider.Store.Has(base.ImageID) {
			from := strings.TrimPrefix(base.Location, "docker://")
			id, err := b.Registry.Pull(ctx, from, b.Decider.Store.Storage().Reference(base.ImageID), registry.PullOptions{
				Platform: cmp.Or(base.Platform, r.Platform), Progress: copying(step),
			})
			if err != nil {
				return nil, unreachable(err)
			}
			if base.ImageID != "" && id != base.ImageID {
				return nil, otherImage(from, id, base.ImageID)
			}
			base.ImageID = id
		}
		base.Location = b.Decider.Store.Storage().Reference(base.ImageID)
		out[i] = base
	}
	return out, nil
}

// values is what `register` keeps of a product.
func values(p decide.Product) map[string]any {
	r := buildResult{ImageID: p.ImageID(), Images: p.ImageIDs(), Key: p.Key, Built: p.Built, Digest: p.ImageID()}
	if p.Manifest != nil {
		r.Digest, r.Reference = p.Manifest.Digest, p.Manifest.Reference()
	}
	return declare.Values(r)
}
