package action

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/builder"
	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/container"
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

// Build is the action that makes an image as its inventory says, unless its
// build is known. It takes only how to run, never what to build.
type Build struct {
	Decider  *Decider
	Importer Importer // brings results into local storage that strategies left elsewhere
	Open     func(ctx context.Context, name string) (Process, error)
	Dirs     func(image string) (strategy.Dirs, func(), error) // fresh folders and their removal
	Secrets  func(context.Context, *inventory.Image) (map[string][]byte, error)
	Builders *builder.Builders
	RunID    string // the run's identifier
	Replan   bool   // a resumed run goes on with images that have changed
	Store    Storehouse
	Runtime  *container.Runtime // runs containers that leave bundles
}

// buildArgs are the arguments of `build`.
type buildArgs struct {
	NoCache bool          `yaml:"no_cache" default:"false" doc:"build although the build is known, and reuse no layer"`
	Timeout time.Duration `yaml:"timeout" doc:"after which the build is stopped and has failed; by default that of image.yml" example:"30m"`
	Tags    []string      `yaml:"tags" doc:"tags that the push will put, as the action tag would give them" example:"[test]"`
}

// buildResult is what is registered of `build`, and of `push`.
type buildResult struct {
	ImageID   string `yaml:"image_id" doc:"the image ID; empty when it is not known yet"`
	Key       string `yaml:"key" doc:"the build key: a hash of everything that goes into the build"`
	Built     bool   `yaml:"built" doc:"whether this run made the image, and did not find it"`
	Digest    string `yaml:"digest" doc:"the digest of the manifest in the image's repository; until there is one the image ID"`
	Reference string `yaml:"reference" doc:"repository@digest; empty until there is a manifest"`
}

// Declare declares the action.
func (*Build) Declare() declare.Action {
	return declare.Action{
		Name:    "build",
		Summary: "build the image, or reuse the build that is known for its key",
		About: "What is built, and how, is the inventory's to say: the strategy, its config, args and labels stand in image.yml. " +
			"The action takes only how to run.\n\n" +
			"A build that is known for the image's key, in its repository or on this machine, is reused.",
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
func (b *Build) reuse(step engine.Step, d Decision) engine.Result {
	b.Decider.Products.Put(step.Image.Name, d.Product)
	verb := "reused"
	if step.Check {
		verb = string(d.Fate)
	}
	return engine.Result{Verb: verb, Digest: d.Product.ImageID, Detail: "key " + d.Key.Short() + "…", Values: values(d.Product)}
}

// foretell says what would become of the image, so that those built on it can
// be told as well.
func (b *Build) foretell(step engine.Step, d Decision) engine.Result {
	b.Decider.Products.Put(step.Image.Name, d.Pending())
	return engine.Result{Changed: d.Fate == plan.Build, Verb: string(d.Fate), Detail: d.Because(), Values: values(d.Product), Groups: []string{"stale"}}
}

// build makes the image and remembers it.
func (b *Build) build(ctx context.Context, step engine.Step, args buildArgs, d Decision) (engine.Result, error) {
	if args.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, args.Timeout, fmt.Errorf("the build took longer than %s", args.Timeout))
		defer cancel()
	}
	result, err := b.make(ctx, step, args, d)
	if err != nil {
		return engine.Result{}, err
	}
	if err := b.unchanged(ctx, step, d); err != nil {
		return engine.Result{}, err
	}
	p := d.Product
	p.ImageID, p.Local, p.Built, p.Manifest, p.Facts = result.ID, true, true, nil, &d.Facts
	if err := b.remember(ctx, step.Image, p, d.Facts); err != nil {
		return engine.Result{}, err
	}
	b.Decider.Products.Put(step.Image.Name, p)
	return engine.Result{Changed: true, Verb: "built", Digest: p.ImageID, Detail: d.Because(), Values: values(p), Groups: []string{"built"}}, nil
}

func (b *Build) remember(ctx context.Context, image *inventory.Image, p Product, facts buildkey.Facts) error {
	raw, err := json.Marshal(facts)
	if err != nil {
		return fmt.Errorf("remembering the build of %s: %w", image.Name, err)
	}
	return b.Decider.Memory.Remember(ctx, ledger.Build{Key: p.Key, Image: image.Name, Platform: image.Platform(), ImageID: p.ImageID, Facts: raw})
}

// make runs the strategy in a process of its own.
func (b *Build) make(ctx context.Context, step engine.Step, args buildArgs, d Decision) (strategy.Image, error) {
	bases, err := b.fetch(ctx, d.Bases, step.Image.Platform())
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
		ID: buildID(b.RunID, image.Name), Config: image.Config,
		Target: strategy.Target{Image: image.Name, Platform: image.Platform()}, Dirs: dirs,
		Args: image.Args, Labels: image.Labels, Bases: bases, Epoch: image.Epoch,
		Isolation: image.Isolation, NoCache: args.NoCache, Storage: b.Decider.Store.Storage(),
		Secrets: secrets, Timeout: int64(args.Timeout.Seconds()),
	}, listener)
	if err != nil {
		return strategy.Image{}, err
	}
	return b.verify(ctx, step, listener)
}

// buildID names one build; it must be usable as a file name everywhere.
func buildID(run, image string) string {
	return strings.ReplaceAll(run+"-"+image, ".", "_")
}

// fetch brings bases that are only in a registry into local storage, by
// digest, so that a strategy finds every base in one place.
func (b *Build) fetch(ctx context.Context, bases []strategy.BaseImage, platform string) ([]strategy.BaseImage, error) {
	out := make([]strategy.BaseImage, len(bases))
	for i, base := range bases {
		if !b.Decider.Store.Has(base.ImageID) {
			id, err := b.Decider.Registry.Pull(ctx, strings.TrimPrefix(base.Location, "docker://"), b.Decider.Store.Storage().Reference(base.ImageID), registry.PullOptions{Platform: platform})
			if err != nil {
				return nil, unreachable(err)
			}
			base.ImageID = id
		}
		base.Location = b.Decider.Store.Storage().Reference(base.ImageID)
		out[i] = base
	}
	return out, nil
}

// verify believes nothing that a strategy says about its result but where it
// is.
func (b *Build) verify(ctx context.Context, step engine.Step, l *listener) (strategy.Image, error) {
	done, err := l.completed()
	if err != nil {
		if ctx.Err() != nil {
			return strategy.Image{}, context.Cause(ctx)
		}
		return strategy.Image{}, placed(step.Image, err)
	}
	if err := b.take(ctx, done); err != nil {
		return strategy.Image{}, fmt.Errorf("taking what strategy %s says that it built, %s: %w", step.Image.Strategy, done.ID, err)
	}
	return done, nil
}

// errNoImage says that a result is not where it was said to be.
var errNoImage = errors.New("local storage has no such image")

// take sees to it that a result is in local storage, whatever transport it was
// left in, and that it is what it was said to be.
//
// What was left elsewhere is read also when local storage has the image that it
// is said to be: it may be another.
func (b *Build) take(ctx context.Context, done strategy.Image) error {
	if strings.HasPrefix(done.Reference, "containers-storage:") {
		if !b.Decider.Store.Has(done.ID) {
			return errNoImage
		}
		return nil
	}
	return b.Importer.Import(ctx, done.Reference, b.Decider.Store.Storage().Reference(done.ID), done.ID)
}

// errChanged says that an input was edited while it was being built, so that
// nobody knows which state went into the image.
var errChanged = errors.New("changed while building")

// unchanged reads the inputs again.
func (b *Build) unchanged(ctx context.Context, step engine.Step, d Decision) error {
	after, _, err := b.Decider.read(ctx, b.Decider.Family.Node(step.Image.Name), nil)
	if err != nil {
		return err
	}
	after.Images = d.Facts.Images
	if diff := buildkey.Diff(d.Facts, after); len(diff) > 0 {
		return fmt.Errorf("%s %w: build it again", diff[0].What, errChanged)
	}
	return nil
}

// values is what `register` keeps of a product.
func values(p Product) map[string]any {
	r := buildResult{ImageID: p.ImageID, Key: p.Key, Built: p.Built, Digest: p.ImageID}
	if p.Manifest != nil {
		r.Digest, r.Reference = p.Manifest.Digest, p.Manifest.Repository+"@"+p.Manifest.Digest
	}
	return declare.Values(r)
}
