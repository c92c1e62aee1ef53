package decide

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A survey is one image about which everything is found out, platform by
// platform. Where there are several, the registry is asked first for their
// index: it says in one answer that all of it is there. Only without it each
// platform is looked up, so that one that is added is the only one that is built.
type survey struct {
	*Decider
	image *inventory.Image
	parts []*gathering
	index *registry.Manifest // of the build, of several platforms, in the repository
	mute  bool               // the repository could not be asked for it
}

func (d *Decider) survey(image *inventory.Image) *survey {
	s := &survey{Decider: d, image: image}
	node := d.Family.Node(image.Name)
	for _, a := range node.Answers {
		g := &gathering{Decider: d, node: node, answer: a, part: Part{Platform: a.Platform}}
		g.known.Platform = a.Platform
		s.parts = append(s.parts, g)
	}
	return s
}

// read gathers what goes into the keys.
func (s *survey) read(ctx context.Context) error {
	for _, g := range s.parts {
		if g.answer.Broken != nil {
			if err := g.unknown(ctx, "strategy "+s.image.Strategy, g.answer.Broken); err != nil {
				return err
			}
			continue
		}
		if err := g.images(ctx); err != nil {
			return err
		}
		if err := g.facts(ctx); err != nil {
			return err
		}
	}
	return nil
}

// lookUp finds the builds of the keys.
func (s *survey) lookUp(ctx context.Context) error {
	found, err := s.whole(ctx)
	if err != nil || found {
		return err
	}
	for _, g := range s.parts {
		if err := g.build(ctx, s.mute); err != nil {
			return err
		}
	}
	return nil
}

// whole looks for the index of all platforms and reports whether it is there.
// Builds that may come out differently each time are not found by their index:
// this machine may have made others.
func (s *survey) whole(ctx context.Context) (bool, error) {
	key := s.key()
	if key == "" || s.image.Local() {
		return false, nil
	}
	m, err := s.parts[0].ask(ctx, KeyTag(string(key)))
	if s.mute = errors.Is(err, errMute); s.mute {
		return false, nil
	}
	if err != nil || m == nil {
		return false, err
	}
	parts, ok := s.Whole(ctx, s.image, *m)
	if !ok {
		return false, nil
	}
	s.index = m
	for _, g := range s.parts {
		part, _ := Product{Parts: parts}.For(g.answer.Platform)
		g.found(part.ImageID, part.Manifest)
	}
	return true, nil
}

// key is that of the index; "" when there is none to be looked for.
func (s *survey) key() buildkey.Key {
	keys := map[string]buildkey.Key{}
	for _, g := range s.parts {
		if g.known.Key == "" || g.known.Volatile != "" {
			return ""
		}
		g.part.Key, keys[g.answer.Platform] = string(g.known.Key), g.known.Key
	}
	if len(keys) < 2 {
		return ""
	}
	return buildkey.Index(keys)
}

// last looks for builds to compare with.
func (s *survey) last(ctx context.Context) error {
	for _, g := range s.parts {
		if err := g.last(ctx); err != nil {
			return err
		}
	}
	return nil
}

// tags finds out what the tags that the image should have name, when all of it
// is in its repository.
func (s *survey) tags(ctx context.Context, tags []string) ([]plan.WantedTag, error) {
	want, err := s.manifest()
	if want == nil || err != nil {
		return nil, err
	}
	var out []plan.WantedTag
	for _, tag := range tags {
		ref := s.image.Repository + ":" + tag
		m, err := s.Now(ctx, ref)
		if err != nil && !errors.Is(err, registry.ErrNotFound) {
			return out, s.parts[0].unknown(ctx, ref, silent(s.image, err))
		}
		out = append(out, plan.WantedTag{Tag: tag, Now: m.Digest, Want: want.Digest})
	}
	return out, nil
}

// manifest is what the image's tags should name: an index that is not there yet
// is known by what it will be. It is nil while a part is missing.
func (s *survey) manifest() (*registry.Manifest, error) {
	var p Product
	for _, g := range s.parts {
		if g.part.Manifest == nil {
			return nil, nil //nolint:nilnil // there is none
		}
		p.Parts = append(p.Parts, g.part)
	}
	if len(p.Parts) == 1 {
		return p.Parts[0].Manifest, nil
	}
	if s.index != nil {
		return s.index, nil
	}
	m, err := p.Index(s.image.Repository)
	return &m, err
}

// decision decides.
func (s *survey) decision(tags []plan.WantedTag) Decision {
	var out Decision
	var rulings []plan.Ruling
	for _, g := range s.parts {
		r := Ruling{Ruling: plan.Decide(g.known), Facts: g.known.Facts, Bases: g.bases, Part: g.part}
		rulings = append(rulings, r.Ruling)
		out.Rulings = append(out.Rulings, r)
		out.Product.Parts = append(out.Product.Parts, r.Part)
	}
	out.Decision = plan.Join(s.image.Name, rulings, tags)
	out.Product.Key, out.Product.Manifest = string(out.Key), s.index
	if len(s.parts) == 1 {
		out.Product.Manifest = s.parts[0].part.Manifest
	}
	if out.Fate == plan.Blocked {
		out.Trouble = s.trouble()
	}
	return out
}

// trouble is all that could not be found out as one error.
func (s *survey) trouble() error {
	var errs []error
	add := func(err error) {
		if !slices.ContainsFunc(errs, func(known error) bool { return known.Error() == err.Error() }) {
			errs = append(errs, err)
		}
	}
	for _, g := range s.parts {
		for _, t := range g.known.Trouble {
			add(t.Err)
		}
		for _, o := range g.known.Open {
			if o.Blocked {
				add(fmt.Errorf("its parent %s could not be decided", o.Parent))
			}
		}
	}
	if len(errs) == 1 && diag.Of(errs[0]) != nil {
		return errs[0] // says itself whether trying again may help
	}
	err := errors.Join(errs...)
	if _, broken := errors.AsType[*plan.BrokenError](err); broken {
		return err // it was reached, and broke
	}
	return &engine.UnreachableError{Err: err}
}
