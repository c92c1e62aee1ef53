package action

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/registry/reference"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// Registry is what deciding, building and pushing need of registries.
type Registry interface {
	Resolve(ctx context.Context, ref string) (registry.Manifest, error)
	Push(ctx context.Context, source, target string, o registry.PushOptions) (registry.Manifest, error)
	Tag(ctx context.Context, m registry.Manifest, tag string) error
	Pull(ctx context.Context, ref, target string, o registry.PullOptions) (imageID string, err error)
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
	Remember(ctx context.Context, b ledger.Build) error
}

// A Decider works out an image's build key and whether its build is known.
type Decider struct {
	Family   *plan.Family
	Products *Products
	Registry Registry
	Store    Store
	Memory   Memory
	Memo     *buildkey.Memo
	Describe func(ctx context.Context, name string) (strategy.DescribeResponse, error)
	Warn     func(diag.Diagnostic)
}

// A Decision is what an image's build comes to.
type Decision struct {
	Facts   buildkey.Facts
	Key     buildkey.Key
	Bases   []strategy.BaseImage
	Product Product // with ImageID set when the build is known
	Reasons []buildkey.Reason
}

// Known reports whether there is nothing to build.
func (d Decision) Known() bool { return d.Product.ImageID != "" }

// Decide works out the key of an image from its inputs as they are now and
// from what this run decided for its parents, and looks the build up: first in
// the registry, which wins, then here.
func (d *Decider) Decide(ctx context.Context, image *inventory.Image) (Decision, error) {
	node := d.Family.Node(image.Name)
	bases, identities, err := d.bases(ctx, node)
	if err != nil {
		return Decision{}, err
	}
	facts, err := d.facts(ctx, node)
	if err != nil {
		return Decision{}, err
	}
	facts.Images = identities
	out := Decision{Facts: facts, Key: buildkey.Compute(facts), Bases: bases}
	out.Product = Product{Key: string(out.Key), Base: d.base(node, bases)}
	if err := d.lookUp(ctx, image, &out.Product); err != nil {
		return Decision{}, err
	}
	if !out.Known() {
		out.Reasons = d.reasons(image, facts)
	}
	return out, nil
}

// facts gathers everything but the images that goes into the key.
func (d *Decider) facts(ctx context.Context, node *plan.Node) (buildkey.Facts, error) {
	image := node.Image
	about, err := d.Describe(ctx, image.Strategy)
	if err != nil {
		return buildkey.Facts{}, err
	}
	files, err := buildkey.Read(ctx, image.Dir, node.Answer.Inputs, d.Memo)
	if err != nil {
		return buildkey.Facts{}, err
	}
	return buildkey.Facts{
		Strategy: about.Name, Version: about.Version, Config: image.Config,
		Args: image.Args, Labels: image.Labels, Platform: image.Platform(), Epoch: image.Epoch,
		Fingerprint: node.Answer.Fingerprint, Files: files,
	}, nil
}

// bases binds every reference to what stands for it in this run.
func (d *Decider) bases(ctx context.Context, node *plan.Node) ([]strategy.BaseImage, []buildkey.ImageIdentity, error) {
	var bases []strategy.BaseImage
	var identities []buildkey.ImageIdentity
	for _, in := range node.Answer.Images {
		base, identity, err := d.bind(ctx, node, in)
		if err != nil {
			return nil, nil, fmt.Errorf("%s:%d: deciding %s: %w", in.File, in.Line, in.Reference, err)
		}
		bases = append(bases, base)
		identities = append(identities, buildkey.ImageIdentity{Reference: in.Reference, Kind: string(in.Kind), Identity: identity})
	}
	return bases, identities, nil
}

// bind answers one reference. The identity of an image of ours is its image
// ID, so that a parent rebuilt to the same content changes nothing; that of
// another image is the digest its reference resolves to now.
func (d *Decider) bind(ctx context.Context, node *plan.Node, in strategy.ImageInput) (strategy.BaseImage, string, error) {
	if parent := node.Parent(in.Reference); parent != "" {
		p, err := d.StandIn(ctx, parent)
		if err != nil {
			return strategy.BaseImage{}, "", err
		}
		base := strategy.BaseImage{Reference: in.Reference, ImageID: p.ImageID, Location: p.location(d.Store.Storage())}
		if p.Manifest != nil {
			base.Digest = p.Manifest.Digest
		}
		return base, p.ImageID, nil
	}
	r, err := reference.Parse(in.Reference)
	if err != nil {
		return strategy.BaseImage{}, "", err
	}
	m, err := d.outside(ctx, r.Tagged().Exact(), node.Image.Platform())
	if err != nil {
		return strategy.BaseImage{}, "", unreachable(err)
	}
	return strategy.BaseImage{
		Reference: in.Reference, Digest: m.Digest, ImageID: m.ImageID,
		Location: "docker://" + m.Repository + "@" + m.Digest,
	}, m.Digest, nil
}

// outside resolves a reference to an image of somebody else; of an index, to
// its image for the platform, so that other platforms' images may change.
func (d *Decider) outside(ctx context.Context, ref, platform string) (registry.Manifest, error) {
	m, err := d.Registry.Resolve(ctx, ref)
	if err != nil || !m.IsIndex() {
		return m, err
	}
	child, ok := m.Child(platform)
	if !ok {
		return m, fmt.Errorf("%s has no image for %s", ref, platform)
	}
	return d.Registry.Resolve(ctx, m.Repository+"@"+child.Digest)
}

// StandIn returns what stands for an image of the inventory: what this run
// decided, else, for an image that is not part of the run, the image of its
// current key.
func (d *Decider) StandIn(ctx context.Context, name string) (Product, error) {
	if p, ok := d.Products.Get(name); ok && p.ImageID != "" {
		return p, nil
	}
	image := d.Family.Node(name).Image
	decision, err := d.Decide(ctx, image)
	if err != nil {
		return Product{}, err
	}
	if !decision.Known() {
		if decision.Product, err = d.tagged(ctx, image, decision.Product); err != nil {
			return Product{}, err
		}
	}
	d.Products.Put(name, decision.Product)
	return decision.Product, nil
}

// tagged falls back to what the image's repository holds as latest, and says
// so.
func (d *Decider) tagged(ctx context.Context, image *inventory.Image, p Product) (Product, error) {
	ref := image.Repository + ":latest"
	m, err := d.Registry.Resolve(ctx, ref)
	if err != nil {
		return p, diag.List{diag.Errorf("parent-missing", image.Pos, "%s is not selected, and neither its current build nor %s is there", image.Name, ref).
			WithFix("select it as well, for example with -l '+%s'", image.Name)}
	}
	d.Warn(diag.Warningf("parent-outdated", image.Pos, "%s is not selected and its current build is not there: %s stands for it", image.Name, ref))
	p.ImageID, p.Manifest = m.ImageID, &m
	return p, nil
}

// lookUp completes p when its build is known.
func (d *Decider) lookUp(ctx context.Context, image *inventory.Image, p *Product) error {
	if m, err := d.remote(ctx, image, p.Key); err != nil {
		return err
	} else if m != nil {
		p.ImageID, p.Manifest = m.ImageID, m
		p.Local = d.Store.Has(m.ImageID)
		return nil
	}
	b, ok, err := d.Memory.Built(p.Key)
	if err != nil {
		return err
	}
	if ok && d.Store.Has(b.ImageID) {
		p.ImageID, p.Local = b.ImageID, true
	}
	return nil
}

// remote asks the registry for a build. A registry that does not answer is
// not one that said no: the user is told, and what is known here counts.
func (d *Decider) remote(ctx context.Context, image *inventory.Image, key string) (*registry.Manifest, error) {
	if image.Local() {
		return nil, nil // no registry, no manifest, nothing wrong
	}
	m, err := d.Registry.Resolve(ctx, image.Repository+":"+keyTag(key))
	switch {
	case err == nil:
		return &m, nil
	case errors.Is(err, registry.ErrNotFound):
		return nil, nil // the answer is that there is none
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	}
	d.Warn(diag.Warningf("registry-unknown", image.Pos, "cannot tell whether %s was built before: %v", image.Name, err))
	return nil, nil // unknown, so that it is built
}

// keyTag is the tag under which the build of a key is kept.
func keyTag(key string) string { return "sw-" + key }

func (d *Decider) base(node *plan.Node, bases []strategy.BaseImage) Base {
	for i, in := range node.Answer.Images {
		if in.Kind == strategy.Base {
			return Base{Image: node.Parent(in.Reference), Reference: in.Reference, Digest: bases[i].Digest, ImageID: bases[i].ImageID}
		}
	}
	return Base{}
}

// reasons explains why an image is built, by what is different from its last
// build here. Without one, or with one that cannot be read, there is nothing to
// compare with.
func (d *Decider) reasons(image *inventory.Image, facts buildkey.Facts) []buildkey.Reason {
	last, ok, err := d.Memory.Last(image.Name, image.Platform())
	var before buildkey.Facts
	if err != nil || !ok || json.Unmarshal(last.Facts, &before) != nil {
		return nil
	}
	return buildkey.Diff(before, facts)
}

// unreachable marks an error of the transport for what it is.
func unreachable(err error) error {
	if errors.Is(err, registry.ErrUnreachable) {
		return &engine.UnreachableError{Err: err}
	}
	return err
}
