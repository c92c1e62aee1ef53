package gate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// An examination judges the members of one set.
type examination struct {
	gate    *Gate
	set     Set
	options Options
	members map[string]candidate // by image
}

// A candidate is a member and what the registry holds of it.
type candidate struct {
	Member
	manifest Manifest
	verdict  Verdict
}

// examine returns the candidates, parents first. It judges every member even
// when one is refused already, and returns all [Refusals] at once; any other
// error means that the registry could not be asked.
func (g *Gate) examine(ctx context.Context, set Set, options Options) ([]candidate, error) {
	e := examination{gate: g, set: set, options: options, members: map[string]candidate{}}
	var refusals Refusals
	var out []candidate
	for _, m := range parentsFirst(set.Members) {
		c, reasons, err := e.judge(ctx, m)
		if err != nil {
			return nil, fmt.Errorf("examining %s: %w", m.Image, err)
		}
		if len(reasons) > 0 {
			refusals = append(refusals, &Refusal{Set: set.name(), Image: m.Image, Digest: m.Digest, Reasons: reasons})
		}
		e.members[m.Image] = c
		out = append(out, c)
	}
	if len(refusals) > 0 {
		return nil, refusals
	}
	return out, nil
}

// judge asks every question about m and returns the reasons against it.
func (e *examination) judge(ctx context.Context, m Member) (candidate, []string, error) {
	c := candidate{Member: m}
	manifest, err := e.gate.fetch(ctx, m.Repository, m.Digest)
	if errors.Is(err, fs.ErrNotExist) {
		return c, []string{"its repository does not hold it, wanted the digest that was tested: push and smoke-test it again"}, nil
	}
	if err != nil {
		return c, nil, err
	}
	c.manifest = manifest
	var reasons []string
	for _, ask := range []func(context.Context, *candidate) ([]string, error){e.complete, e.tested, e.head, e.parent, e.free} {
		more, err := ask(ctx, &c)
		if err != nil {
			return c, nil, err
		}
		reasons = append(reasons, more...)
	}
	return c, reasons, nil
}

// complete asks for an image for every platform.
func (e *examination) complete(_ context.Context, c *candidate) ([]string, error) {
	var missing []string
	for _, platform := range c.Platforms {
		if !slices.Contains(c.manifest.platforms(), platform) {
			missing = append(missing, platform)
		}
	}
	if len(missing) == 0 {
		return nil, nil
	}
	return []string{fmt.Sprintf("it has no image for %s, which image.yml names: build and push it again", strings.Join(missing, ", "))}, nil
}

// tested asks for a verdict of exactly this digest, passed and fresh.
func (e *examination) tested(ctx context.Context, c *candidate) ([]string, error) {
	v, err := e.gate.Find(ctx, c.manifest)
	if errors.Is(err, fs.ErrNotExist) {
		return []string{"there is no verdict of it, wanted passed: smoke-test it"}, nil
	}
	if err != nil {
		return nil, err
	}
	c.verdict = v
	reasons := append(v.Faults(), v.waivedFaults(c.Waived)...)
	if c.Binding != nil && len(reasons) == 0 {
		reasons = v.differences(*c.Binding)
	}
	if age := time.Since(v.Finished); e.options.MaxAge > 0 && age > e.options.MaxAge {
		reasons = append(reasons, fmt.Sprintf("its verdict is stale: it is %s old, wanted at most %s: smoke-test it again",
			age.Round(time.Second), e.options.MaxAge))
	}
	return reasons, nil
}

// head asks whether the candidate's tag still points to what was tested.
func (e *examination) head(ctx context.Context, c *candidate) ([]string, error) {
	if c.From == "" && e.options.RequireHead {
		return []string{"it names no candidate tag, wanted one that points to it: say from which tag it is promoted"}, nil
	}
	if c.From == "" {
		return nil, nil
	}
	t := Target{Repository: c.Repository, Tag: c.From}
	got, err := e.gate.at(ctx, t)
	if err != nil || got == c.Digest {
		return nil, err
	}
	return []string{fmt.Sprintf("%s points to %s, wanted the digest that was tested: smoke-test what it points to, or push again",
		t, orNone(got))}, nil
}

// parent asks whether what c was built on is promoted, or goes with it.
func (e *examination) parent(ctx context.Context, c *candidate) ([]string, error) {
	p := c.Parent
	if p.Image == "" {
		return nil, nil
	}
	if len(p.ImageIDs) == 0 || slices.Contains(p.ImageIDs, "") {
		return []string{fmt.Sprintf("it is not known on which %s it was built: build it again", p.Image)}, nil
	}
	if with, ok := e.members[p.Image]; ok {
		if lost := p.missing(with.manifest); lost != "" {
			return []string{fmt.Sprintf("it was built on %s %s, and the set promotes %s %s: build it again",
				p.Image, lost, p.Image, with.manifest.imageIDs())}, nil
		}
		return nil, nil
	}
	return e.promoted(ctx, p)
}

// missing returns the first image that a member was built on and that m does not
// hold, or "".
func (p Parent) missing(m Manifest) string {
	for _, id := range p.ImageIDs {
		if !m.holds(id) {
			return id
		}
	}
	return ""
}

func (e *examination) promoted(ctx context.Context, p Parent) ([]string, error) {
	if len(p.Tags) == 0 {
		return []string{fmt.Sprintf("its parent %s is promoted to no tag, wanted one: name it in the parent's image.yml", p.Image)}, nil
	}
	for _, tag := range p.Tags {
		t := Target{Image: p.Image, Repository: p.Repository, Tag: tag}
		m, err := e.gate.registry.Resolve(ctx, t.String())
		if errors.Is(err, fs.ErrNotExist) {
			m, err = Manifest{}, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", t, err)
		}
		if lost := p.missing(m); lost != "" {
			return []string{fmt.Sprintf("it was built on %s %s, and %s is %s: promote %s first, or in the same set",
				p.Image, lost, t, m.imageIDs(), p.Image)}, nil
		}
	}
	return nil, nil
}

// free asks whether a hold keeps another digest under one of c's targets.
func (e *examination) free(ctx context.Context, c *candidate) ([]string, error) {
	var reasons []string
	for _, t := range c.targets() {
		hold, err := e.gate.holdAt(ctx, t)
		if err != nil {
			return nil, err
		}
		if hold != nil && hold.Digest != c.Digest {
			reasons = append(reasons, hold.refusal())
		}
	}
	return slices.Clip(reasons), nil
}
