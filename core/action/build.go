package action

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A Process is a strategy that was opened for one build.
type Process interface {
	strategy.Strategy
	Close(ctx context.Context) error
}

// Build is the action that makes an image as its inventory says, unless its
// build is known. It takes only how to run, never what to build.
type Build struct {
	Decider *Decider
	Open    func(ctx context.Context, name string) (Process, error)
	Dirs    func(image string) (strategy.Dirs, func(), error) // fresh folders and their removal
	RunID   string                                            // the run's identifier
}

// buildArgs are the arguments of `build`.
type buildArgs struct {
	NoCache bool          `yaml:"no_cache"` // build again and reuse no layer
	Timeout time.Duration `yaml:"timeout"`
	Tags    []string      `yaml:"tags"` // as the action `tag` would give them
}

// Check judges the arguments as written.
func (*Build) Check(args document.Node) diag.List { return document.Decode(args, new(buildArgs)) }

// Run builds the image of a step.
func (b *Build) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	var args buildArgs
	if err := document.Decode(step.Args, &args).Err(); err != nil {
		return engine.Result{}, err
	}
	if result, ok := b.foresee(step); ok {
		return result, nil
	}
	decision, err := b.Decider.Decide(ctx, step.Image)
	if err != nil {
		return engine.Result{}, err
	}
	decision.Product.Tags = args.Tags
	if decision.Known() && !args.NoCache {
		b.Decider.Products.Put(step.Image.Name, decision.Product)
		return engine.Result{Verb: "reused", Digest: decision.Product.ImageID, Detail: "key " + decision.Key.Short() + "…", Values: values(decision.Product)}, nil
	}
	if step.Check {
		b.Decider.Products.Put(step.Image.Name, Product{Key: decision.Product.Key, Tags: args.Tags, Foreseen: true})
		return engine.Result{Changed: true, Verb: "build", Detail: why(decision), Groups: []string{"stale"}}, nil
	}
	if args.Timeout == 0 {
		args.Timeout = step.Image.Timeout
	}
	return b.build(ctx, step, args, decision)
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
	p.ImageID, p.Local, p.Built, p.Manifest = result.ID, true, true, nil
	if err := b.remember(ctx, step.Image, p, d.Facts); err != nil {
		return engine.Result{}, err
	}
	b.Decider.Products.Put(step.Image.Name, p)
	return engine.Result{Changed: true, Verb: "built", Digest: p.ImageID, Detail: why(d), Values: values(p), Groups: []string{"built"}}, nil
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
	dirs, remove, err := b.Dirs(step.Image.Name)
	if err != nil {
		return strategy.Image{}, fmt.Errorf("making the folders of the build: %w", err)
	}
	defer remove()
	dirs.Workspace = step.Image.Dir
	process, err := b.Open(ctx, step.Image.Strategy)
	if err != nil {
		return strategy.Image{}, err
	}
	defer func() { _ = process.Close(context.WithoutCancel(ctx)) }()
	listener := newListener(step)
	image := step.Image
	err = process.Build(ctx, strategy.BuildRequest{
		ID: buildID(b.RunID, image.Name), Config: image.Config,
		Target: strategy.Target{Image: image.Name, Platform: image.Platform()}, Dirs: dirs,
		Args: image.Args, Labels: image.Labels, Bases: bases, Epoch: image.Epoch,
		Isolation: image.Isolation, NoCache: args.NoCache, Storage: b.Decider.Store.Storage(),
		Timeout: int64(args.Timeout.Seconds()),
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
		return strategy.Image{}, inWorkspace(step.Image, err)
	}
	if !b.Decider.Store.Has(done.ID) {
		return strategy.Image{}, fmt.Errorf("strategy %s says that it built %s, but local storage has no such image", step.Image.Strategy, done.ID)
	}
	return done, nil
}

// errChanged says that an input was edited while it was being built, so that
// nobody knows which state went into the image.
var errChanged = errors.New("changed while building")

// unchanged reads the inputs again.
func (b *Build) unchanged(ctx context.Context, step engine.Step, d Decision) error {
	node := b.Decider.Family.Node(step.Image.Name)
	files, err := buildkey.Read(ctx, step.Image.Dir, node.Answer.Inputs, b.Decider.Memo)
	if err != nil {
		return err
	}
	after := d.Facts
	after.Files = files
	if diff := buildkey.Diff(d.Facts, after); len(diff) > 0 {
		return fmt.Errorf("%s %w: build it again", diff[0].What, errChanged)
	}
	return nil
}

// why is the first reason to build.
func why(d Decision) string {
	switch len(d.Reasons) {
	case 0:
		return "first build"
	case 1:
		return sentence(d.Reasons[0])
	default:
		return fmt.Sprintf("%s and %d more", sentence(d.Reasons[0]), len(d.Reasons)-1)
	}
}

// sentence is a reason as a person says it: "index.html changed".
func sentence(r buildkey.Reason) string {
	what := strings.TrimSpace(r.Kind + " " + r.What)
	if r.Kind == "file" || r.Kind == "image" {
		what = r.What
	}
	switch {
	case r.Old == "":
		return what + " is new"
	case r.New == "":
		return what + " is gone"
	default:
		return what + " changed"
	}
}

// values is what `register` keeps of a product.
func values(p Product) map[string]any {
	v := map[string]any{"image_id": p.ImageID, "key": p.Key, "built": p.Built}
	if p.Manifest != nil {
		v["digest"] = p.Manifest.Digest
		v["reference"] = p.Manifest.Repository + "@" + p.Manifest.Digest
	}
	return v
}
