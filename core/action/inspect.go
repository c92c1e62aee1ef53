package action

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/sdk/diag"
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

// Check judges the arguments as written.
func (*Inspect) Check(args document.Node) diag.List { return document.Decode(args, new(inspectArgs)) }

// Run inspects the image of a step.
func (i *Inspect) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	args := inspectArgs{Tag: candidateTag}
	if err := document.Decode(step.Args, &args).Err(); err != nil {
		return engine.Result{}, err
	}
	if i.Shelf.coming(step, args.Image) {
		return engine.Result{Verb: "is", Detail: "not there yet", Values: new(imageFacts).values()}, nil
	}
	facts, err := i.facts(ctx, step, args)
	if err != nil {
		return engine.Result{}, err
	}
	return engine.Result{
		Verb: "is", Digest: cmp.Or(facts.digest, facts.imageID), Values: facts.values(),
		Detail: fmt.Sprintf("%s, %s, %d bytes", strings.Join(facts.platforms, " "), count(len(facts.layers), "layer"), facts.size),
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
	if p.Manifest == nil && p.ImageID != "" && i.Shelf.Store.Has(p.ImageID) {
		return i.local(own.Repository, p.ImageID)
	}
	m, err := i.Shelf.Decider.pushed(ctx, own, args.Tag)
	if err != nil {
		return imageFacts{}, err
	}
	return i.remote(ctx, m.Reference(), m)
}

// local reads the facts of an image that only local storage has.
func (i *Inspect) local(name, imageID string) (imageFacts, error) {
	raw, err := i.Shelf.Store.RawConfig(imageID)
	if err != nil {
		return imageFacts{}, err
	}
	f := imageFacts{reference: name, imageID: imageID}
	if err := f.readConfig(raw); err != nil {
		return f, err
	}
	stored, err := i.Shelf.Store.Image(imageID)
	f.size = stored.Size
	return f, err
}

// remote asks the registry. Of an image for several platforms, the config and
// the layers are those for this machine.
func (i *Inspect) remote(ctx context.Context, ref string, m registry.Manifest) (imageFacts, error) {
	f := imageFacts{reference: ref, digest: m.Digest}
	for _, c := range m.Children {
		if c.Platform != "" && c.Platform != "unknown/unknown" {
			f.platforms = append(f.platforms, c.Platform)
		}
	}
	if m.IsIndex() {
		child, err := i.Shelf.named(ctx, m.Reference())
		if err != nil {
			return f, err
		}
		m = child
	}
	_, raw, err := i.Shelf.Client.Config(ctx, m)
	if err != nil {
		return f, unreachable(err)
	}
	f.imageID = m.ImageID
	if err := f.readConfig(raw); err != nil {
		return f, err
	}
	if err := f.readManifest(m); err != nil {
		return f, err
	}
	f.tags, err = i.tags(ctx, m.Repository)
	return f, err
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
