package action

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/sdk/platform"
)

// Inspect is the action that finds out what an image is, for later tasks: from
// its registry, without its layers, or from local storage when this run built
// it and no registry has it yet. It changes nothing, in check mode as well as
// out of it.
type Inspect struct{ Shelf *Shelf }

// inspectArgs are the arguments of `inspect`.
type inspectArgs struct {
	Image string `yaml:"image" doc:"another image than the task's: one of the inventory, or a reference" example:"docker.io/library/debian:12"`
	Tag   string `yaml:"tag" default:"test" doc:"the tag under which an image of the inventory is looked for when this run neither built nor found it"`
}

// Declare declares the action.
func (*Inspect) Declare() declare.Action {
	return declare.Action{
		Name:    "inspect",
		Summary: "find out what an image is",
		About: "What there is to know without its layers is registered: for `when`, for labels, for a message. The image is the task's as this " +
			"run knows it, unless another is named. One that was built and not pushed is looked at where it was built.",
		Args: new(inspectArgs), Result: new(imageFacts),
		Check: "Looks, as otherwise. Of an image that would first have to be built or pushed nothing is known: every value is empty.",
		Examples: []string{
			"inspect:\nregister: facts",
			"name: Look at the base\ninspect:\n  image: docker.io/library/debian:12\nregister: debian",
		},
	}
}

// Run inspects the image of a step.
func (i *Inspect) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	args, err := declare.Decode[inspectArgs](step.Args)
	if err != nil {
		return engine.Result{}, err
	}
	if i.Shelf.coming(step, args.Image) {
		return engine.Result{Verb: "is", Detail: "not there yet", Values: declare.Values(imageFacts{})}, nil
	}
	facts, err := i.facts(ctx, step, args)
	if err != nil {
		return engine.Result{}, err
	}
	return engine.Result{
		Verb: "is", Digest: cmp.Or(facts.Digest, facts.ImageID), Values: declare.Values(facts),
		Detail: fmt.Sprintf("%s, %s, %d bytes", strings.Join(facts.Platforms, " "), count(len(facts.Layers), "layer"), facts.Size),
	}, nil
}

// facts looks for the image where it is known best.
func (i *Inspect) facts(ctx context.Context, step engine.Step, args inspectArgs) (imageFacts, error) {
	own, ref := step.Image, args.Image
	if node := i.Shelf.Decider.Family.Node(ref); node != nil {
		own, ref = node.Image, ""
	}
	if ref != "" {
		m, err := i.Shelf.Client.Resolve(ctx, ref)
		if err != nil {
			return imageFacts{}, unreachable(err)
		}
		return i.remote(ctx, ref, m)
	}
	p, _ := i.Shelf.Decider.Products.Get(own.Name)
	if part, ok := p.Here(); ok && p.Manifest == nil && part.ImageID != "" && i.Shelf.Store.Has(part.ImageID) {
		return i.local(own.Repository, part.ImageID, p)
	}
	m, err := i.Shelf.Decider.pushed(ctx, own, args.Tag)
	if err != nil {
		return imageFacts{}, err
	}
	return i.remote(ctx, m.Reference(), m)
}

// local reads the facts of an image that only local storage has. Of an image for
// several platforms they are those for this machine.
func (i *Inspect) local(name, imageID string, p Product) (imageFacts, error) {
	raw, err := i.Shelf.Store.RawConfig(imageID)
	if err != nil {
		return imageFacts{}, err
	}
	f := imageFacts{Reference: name, ImageID: imageID}
	if len(p.Parts) > 1 {
		f.Platforms = p.platforms()
	}
	if err := f.readConfig(raw); err != nil {
		return f, err
	}
	stored, err := i.Shelf.Store.Image(imageID)
	f.Size = int(stored.Size)
	return f, err
}

// remote asks the registry. Of an image for several platforms, the config and
// the layers are those for this machine, or, when there is nothing for it, for
// the first.
func (i *Inspect) remote(ctx context.Context, ref string, m registry.Manifest) (imageFacts, error) {
	f := imageFacts{Reference: ref, Digest: m.Digest}
	f.Platforms = platformsOf(m)
	m, err := i.shown(ctx, m)
	if err != nil {
		return f, err
	}
	_, raw, err := i.Shelf.Client.Config(ctx, m)
	if err != nil {
		return f, unreachable(err)
	}
	f.ImageID = m.ImageID
	if err := f.readConfig(raw); err != nil {
		return f, err
	}
	if err := f.readManifest(m); err != nil {
		return f, err
	}
	f.Tags, err = i.tags(ctx, m.Repository)
	return f, err
}

// shown is the manifest of which config and layers are told.
func (i *Inspect) shown(ctx context.Context, m registry.Manifest) (registry.Manifest, error) {
	images := m.Images()
	if _, own := m.Child(platform.Own()); own || len(images) == 0 {
		return i.Shelf.own(ctx, m)
	}
	return i.Shelf.child(ctx, m, images[0])
}

// tags are those of the repository that people give: slipway's own begin with
// sw-.
func (i *Inspect) tags(ctx context.Context, repository string) ([]string, error) {
	all, err := i.Shelf.Client.Tags(ctx, repository)
	var out []string
	for _, tag := range all {
		if !strings.HasPrefix(tag, keyTag("")) {
			out = append(out, tag)
		}
	}
	return out, unreachable(err)
}
