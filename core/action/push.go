package action

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Registry is what pushing and tagging need of registries.
type Registry interface {
	Resolve(ctx context.Context, ref string) (registry.Manifest, error)
	Push(ctx context.Context, source, target string, o registry.PushOptions) (registry.Manifest, error)
	Tag(ctx context.Context, m registry.Manifest, tag string) error
}

// Push is the action that puts a build into its repository. The build's own
// tag, sw-<key>, is first, so that any machine finds the build again; when it
// is there already its manifest is used and ours is dropped. The tags asked for
// get the same manifest, byte for byte.
type Push struct {
	Decider  *decide.Decider
	Registry Registry
}

// pushArgs are the arguments of `push`.
type pushArgs struct {
	Tags []string `yaml:"tags" doc:"tags that get the manifest beside the build's own; by default those given by tag or build before, else those of image.yml" example:"[test]"`
}

// Declare declares the action.
func (*Push) Declare() declare.Action {
	return declare.Action{
		Name:    "push",
		Summary: "put the build into the image's repository",
		Alone:   "tags",
		About: "The tag of the build's key, sw-<key>, is put first, so that any machine finds the build again. When it is there already its " +
			"manifest is used and ours is dropped. Every other tag gets the same manifest, byte for byte. An image of several platforms is pushed " +
			"platform by platform, each under its own key, and then as an index that the tags name.\n\n" +
			"An image that was not built in this run is pushed when the build of its current key is known.",
		Args: new(pushArgs), Result: new(buildResult),
		Check:    "Asks the registry what is there and says what would be pushed or tagged. Nothing is put.",
		Examples: []string{"push:\n  tags: [test]"},
	}
}

// Run pushes the image of a step.
func (p *Push) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	args, err := declare.Decode[pushArgs](step.Args)
	if err != nil {
		return engine.Result{}, err
	}
	product, err := p.product(ctx, step.Image)
	if err != nil {
		return engine.Result{}, err
	}
	tags, err := tagsOf(step.Image, args.Tags, product.Tags)
	if err != nil {
		return engine.Result{}, err
	}
	if step.Check {
		return p.foresee(ctx, step.Image, product, tags)
	}
	pushed := product.Manifest == nil
	if pushed {
		if pushed, err = p.upload(ctx, step, &product); err != nil {
			return engine.Result{}, registryProblem(step.Image, err)
		}
	}
	moved, err := putTags(ctx, p.Registry, *product.Manifest, tags)
	if err != nil {
		return engine.Result{}, registryProblem(step.Image, err)
	}
	p.Decider.Products.Put(step.Image.Name, product)
	verb := map[bool]string{true: "pushed", false: "tagged"}[pushed]
	if !pushed && !moved {
		verb = "there"
	}
	return engine.Result{Changed: pushed || moved, Verb: verb, Digest: product.Manifest.Digest, Detail: strings.Join(tags, ", "), Values: values(product)}, nil
}

// foresee says what Run would do.
func (p *Push) foresee(ctx context.Context, image *inventory.Image, product decide.Product, tags []string) (engine.Result, error) {
	result := engine.Result{Changed: true, Verb: "push", Detail: strings.Join(tags, ", "), Values: values(product)}
	if product.Manifest == nil {
		product.Foreseen = true
		p.Decider.Products.Put(image.Name, product)
		return result, nil
	}
	moving, err := elsewhere(ctx, p.Registry, *product.Manifest, tags)
	if err != nil {
		return engine.Result{}, registryProblem(image, err)
	}
	result.Digest = product.Manifest.Digest
	if result.Verb = "tag"; len(moving) == 0 {
		result.Changed, result.Verb = false, "there"
	}
	return result, nil
}

// RegistryFix says what to do about an image that has no registry.
const RegistryFix = "set the variables registry and namespace, for example -e registry=localhost:5000 -e namespace=acme; registry: embedded needs no server"

// product is what this run built, or, when it built nothing, the known build
// of the image's current key.
func (p *Push) product(ctx context.Context, image *inventory.Image) (decide.Product, error) {
	if image.Local() {
		return decide.Product{}, diag.List{diag.Errorf("no-registry", image.Pos, "%s has no registry to be pushed to", image.Name).
			WithFix("%s", RegistryFix)}
	}
	if product, ok := p.Decider.Products.Get(image.Name); ok {
		return product, nil
	}
	decision, err := p.Decider.Decide(ctx, image)
	if err != nil {
		return decide.Product{}, err
	}
	if decision.Trouble != nil {
		return decide.Product{}, decision.Trouble
	}
	if !decision.Known() {
		return decide.Product{}, fmt.Errorf("%s has not been built: %s; run `slipway build %s` first", image.Name, decision.Because(), image.Name)
	}
	return decision.Recorded(), nil
}

// upload puts what is missing of a build under the tags of its keys, an index of
// several platforms last, and reports whether anything was missing.
func (p *Push) upload(ctx context.Context, step engine.Step, product *decide.Product) (bool, error) {
	product.Parts = slices.Clone(product.Parts)
	missing := false
	for i := range product.Parts {
		put, err := p.part(ctx, step, &product.Parts[i])
		if err != nil {
			return false, err
		}
		missing = missing || put
	}
	if len(product.Parts) == 1 {
		product.Manifest = product.Parts[0].Manifest
		return missing, nil
	}
	put, err := p.index(ctx, step.Image, product)
	return missing || put, err
}

// part puts the build for a platform under the tag of its key and reports whether
// it was not there before. A build that may come out differently each time takes
// the place of an older one.
func (p *Push) part(ctx context.Context, step engine.Step, part *decide.Part) (bool, error) {
	if part.Manifest != nil {
		return false, nil
	}
	target := step.Image.Repository + ":" + decide.KeyTag(part.Key)
	if !part.Volatile {
		m, err := p.Registry.Resolve(ctx, target)
		if err == nil {
			part.Manifest, part.ImageID = &m, m.ImageID
			return false, nil
		}
		if !errors.Is(err, registry.ErrNotFound) {
			return false, err
		}
	}
	notes, err := p.annotations(*part)
	if err != nil {
		return false, err
	}
	from := p.Decider.Store.Storage().Reference(part.ImageID)
	m, err := p.Registry.Push(ctx, from, target, registry.PushOptions{Annotations: notes, Progress: copying(step)})
	if err != nil {
		return false, err
	}
	part.Manifest = &m
	return true, p.Registry.Tag(ctx, m, decide.LastTag(part.Platform))
}

// copying tells how far the layer is that is on its way to or from a registry.
func copying(step engine.Step) func(registry.Progress) {
	return func(p registry.Progress) {
		step.Events.Emit(event.Progress{Image: step.Image.Name, Title: fmt.Sprintf("layer %.19s", p.Digest), Current: p.Done >> 20, Total: p.Total >> 20, Unit: "MiB"})
	}
}

// index puts the index of all platforms under the tag of its key and reports
// whether it was not there before.
func (p *Push) index(ctx context.Context, image *inventory.Image, product *decide.Product) (bool, error) {
	tag := decide.KeyTag(product.Key)
	there, err := p.Registry.Resolve(ctx, image.Repository+":"+tag)
	if err != nil && !errors.Is(err, registry.ErrNotFound) {
		return false, err
	}
	volatile := slices.ContainsFunc(product.Parts, func(one decide.Part) bool { return one.Volatile })
	if err == nil && !volatile {
		if parts, ok := p.Decider.Whole(ctx, image, there); ok {
			product.Parts, product.Manifest = parts, &there
			return false, nil
		}
	}
	m, err := product.Index(image.Repository)
	if err != nil {
		return false, err
	}
	product.Manifest = &m
	return m.Digest != there.Digest, p.Registry.Tag(ctx, m, tag)
}

// annotations are those of a build that is to be pushed. A parent of ours is
// pushed before its children, so its digest is known by now; a builder's guess
// at one is taken away.
func (p *Push) annotations(part decide.Part) (map[string]string, error) {
	parent, _ := p.Decider.Products.Get(part.Base.Image)
	for _, one := range parent.Parts {
		if one.Manifest != nil && one.ImageID == part.Base.ImageID {
			part.Base.Digest = one.Manifest.Digest
		}
	}
	return part.Annotations()
}

// putTags puts a manifest under tags and reports whether one of them moved.
func putTags(ctx context.Context, r Registry, m registry.Manifest, tags []string) (bool, error) {
	moving, err := elsewhere(ctx, r, m, tags)
	if err != nil {
		return false, err
	}
	for i, tag := range moving {
		if err := r.Tag(ctx, m, tag); err != nil {
			return i > 0, err
		}
	}
	return len(moving) > 0, nil
}

// elsewhere returns those of tags that do not point to a manifest.
func elsewhere(ctx context.Context, r Registry, m registry.Manifest, tags []string) ([]string, error) {
	var out []string
	for _, tag := range tags {
		old, err := r.Resolve(ctx, m.Repository+":"+tag)
		if err != nil && !errors.Is(err, registry.ErrNotFound) {
			return nil, err
		}
		if err != nil || old.Digest != m.Digest {
			out = append(out, tag)
		}
	}
	return out, nil
}

// tagsOf returns the first non-empty choice: the task's own, those given by
// `tag` or `build` before, the image's.
func tagsOf(image *inventory.Image, choices ...[]string) ([]string, error) {
	for _, tags := range append(choices, image.Tags) {
		if len(tags) > 0 {
			return tags, nil
		}
	}
	return nil, diag.List{diag.Errorf("no-tags", image.Pos, "there is no tag to push %s under", image.Name).
		WithFix("write push: { tags: [test] }, or give the image tags")}
}
