package action

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A run that is resumed goes on with what it had made. Nothing of that is
// believed: builds are looked up by their key, pushed digests in their
// registry, and what is not there any more is made again.

// Revive finds the build of an image again. An image whose key is another one
// by now is refused, unless the run is to go on with what there is now.
func (b *Build) Revive(ctx context.Context, step engine.Step, value map[string]any) error {
	var args buildArgs
	if err := document.Decode(step.Args, &args).Err(); err != nil {
		return err
	}
	d, err := b.Decider.Decide(ctx, step.Image)
	if err != nil {
		return err
	}
	if d.Trouble != nil {
		return d.Trouble
	}
	was, _ := value["key"].(string)
	switch {
	case was != "" && was != d.Product.Key && !b.Replan:
		return replanned(step.Image, was, d.Product.Key)
	case was != d.Product.Key || !d.Known():
		return engine.ErrAgain
	}
	p := d.Recorded()
	p.Tags = args.Tags
	p.Built, _ = value["built"].(bool)
	b.Decider.Products.Put(step.Image.Name, p)
	return nil
}

// replanned refuses to go on with an image that is another one by now.
func replanned(image *inventory.Image, was, is string) error {
	return diag.List{diag.Errorf("changed-since", image.Pos, "%s is not what the run had built any more: its key was %s and is %s", image.Name, short(was), short(is)).
		WithFix("undo the change, or go on with it: slipway resume --replan")}
}

// short is as much of a key as people compare.
func short(key string) string { return key[:min(len(key), 12)] }

// Revive finds a pushed digest again.
func (p *Push) Revive(ctx context.Context, step engine.Step, value map[string]any) error {
	digest, _ := value["digest"].(string)
	product, err := p.product(ctx, step.Image)
	if err != nil || digest == "" {
		return errors.Join(err, again(digest == ""))
	}
	m, err := p.Registry.Resolve(ctx, step.Image.Repository+"@"+digest)
	if errors.Is(err, registry.ErrNotFound) {
		return engine.ErrAgain
	}
	if err != nil {
		return registryProblem(step.Image, err)
	}
	if product.Parts, err = p.Decider.Parts(ctx, step.Image, m); err != nil {
		return registryProblem(step.Image, err)
	}
	product.Manifest = &m
	p.Decider.Products.Put(step.Image.Name, product)
	return nil
}

// again is [engine.ErrAgain] when a step is to be done again.
func again(is bool) error {
	if is {
		return engine.ErrAgain
	}
	return nil
}

// Revive gives the image its tags again, as far as its push is still to come.
func (t *Tag) Revive(_ context.Context, step engine.Step, _ map[string]any) error {
	var args pushArgs
	if err := document.Decode(step.Args, &args).Err(); err != nil {
		return err
	}
	if product, ok := t.Decider.Products.Get(step.Image.Name); ok && product.Manifest == nil {
		product.Tags = args.Tags
		t.Decider.Products.Put(step.Image.Name, product)
	}
	return nil
}

// Revive says again by which question the image was proved: the gate looks for
// the verdict that answers it.
func (s *Smoke) Revive(ctx context.Context, st engine.Step, _ map[string]any) error {
	var args smokeArgs
	if err := document.Decode(st.Args, &args).Err(); err != nil {
		return err
	}
	scenarios, ds := s.Scenarios(st.Image, st.Args)
	if err := ds.Err(); err != nil {
		return err
	}
	if args.From == "" {
		args.From = candidateTag
	}
	product, err := candidate(ctx, s.Decider, st.Image, args.From)
	if err != nil {
		return err
	}
	binding := s.binding(st, scenarios, args)
	product.Binding = &binding
	s.Decider.Products.Put(st.Image.Name, product)
	p := proof{Smoke: s, step: st, args: args, manifest: *product.Manifest, binding: binding}
	return errors.Join(p.find(ctx), again(len(p.open()) > 0))
}

// Fleeting reports that a deployment is gone with the process that brought it
// up.
func (*Deploy) Fleeting(document.Node) bool { return true }

// Looks reports whether a request only asks: of a deployment that is brought up
// again it is asked again.
func (*URI) Looks(args document.Node) bool {
	return slices.Contains(onlyAsk(), cmp.Or(args.Get("method").Text(), http.MethodGet))
}

// Looks reports that waiting does nothing else.
func (*WaitFor) Looks(document.Node) bool { return true }

// Fleeting reports that what is brought up again is to be taken down again.
func (*Undeploy) Fleeting(document.Node) bool { return true }
