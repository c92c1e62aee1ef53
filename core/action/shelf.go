package action

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/sdk/platform"
)

// Storehouse is local storage as it is needed to look into images.
type Storehouse interface {
	decide.Store
	Mount(ctx context.Context, imageID string) (root string, unmount func() error, err error)
	Size(imageID string) (bytes int64, err error)
	RawConfig(imageID string) ([]byte, error)
}

// A Shelf brings images into local storage, where their files can be read and
// containers be made from them.
type Shelf struct {
	Decider *decide.Decider
	Client  *registry.Client
	Store   Storehouse
}

// bring has the very image of a manifest in local storage: what is there under
// another image ID does not count.
func (s *Shelf) bring(ctx context.Context, m registry.Manifest) error {
	if s.Store.Has(m.ImageID) {
		return nil
	}
	id, err := s.Client.Pull(ctx, m.Reference(), s.Store.Storage().Reference(m.ImageID), registry.PullOptions{})
	if err != nil {
		return unreachable(err)
	}
	if id != m.ImageID {
		return otherImage(m.Reference(), id, m.ImageID)
	}
	return nil
}

// otherImage says that a registry does not hold what it said, or what an index
// said, that it holds.
func otherImage(ref, id, want string) error {
	return fmt.Errorf("pulling %s: it came as image %s, wanted %s", ref, id, want)
}

// find returns the image ID for an image that a scenario names: the candidate
// of one of the inventory, or one by its reference in a registry.
func (s *Shelf) find(ctx context.Context, ref string) (string, error) {
	if node := s.Decider.Family.Node(ref); node != nil {
		p, err := candidate(ctx, s.Decider, node.Image, candidateTag)
		if err != nil {
			return "", err
		}
		return s.fetch(ctx, *p.Manifest, "")
	}
	return s.outside(ctx, ref, "")
}

// outside returns the image ID for an image by its reference in a registry.
func (s *Shelf) outside(ctx context.Context, ref, wanted string) (string, error) {
	m, err := s.Client.Resolve(ctx, ref)
	if err != nil {
		return "", unreachable(err)
	}
	return s.fetch(ctx, m, wanted)
}

// fetch has the image of a manifest in local storage, of several platforms the
// wanted one, and returns its ID. "" wants that of this machine.
func (s *Shelf) fetch(ctx context.Context, m registry.Manifest, wanted string) (string, error) {
	m, err := s.only(ctx, m, wanted)
	if err != nil {
		return "", err
	}
	return m.ImageID, s.bring(ctx, m)
}

// take returns the image ID for an image that a task names: the task's own when
// it names none, one of the inventory, or one by its reference. Of the
// inventory's it is what this run made or found, whether pushed or not, else
// what the candidate's tag names. Of several platforms it is the wanted one; ""
// wants that of this machine.
func (s *Shelf) take(ctx context.Context, own *inventory.Image, ref, wanted string) (string, error) {
	if node := s.Decider.Family.Node(ref); node != nil {
		own, ref = node.Image, ""
	}
	if ref != "" {
		return s.outside(ctx, ref, wanted)
	}
	if wanted != "" && !isFor(own, wanted) {
		return "", fmt.Errorf("%s is not built for %s, but for %s", own.Name, wanted, strings.Join(own.Platforms, ", "))
	}
	p, _ := s.Decider.Products.Get(own.Name)
	part, ok := p.Here()
	if wanted != "" {
		part, ok = p.For(wanted)
	}
	if ok && part.ImageID != "" && s.Store.Has(part.ImageID) {
		return part.ImageID, nil
	}
	m, err := pushed(ctx, s.Decider, own, candidateTag)
	if err != nil {
		return "", err
	}
	return s.fetch(ctx, m, wanted)
}

// coming reports whether, in check mode, the image that a task names would first
// have to be built or pushed: there is nothing to look at yet.
func (s *Shelf) coming(step engine.Step, ref string) bool {
	name := step.Image.Name
	if ref != "" {
		name = ref
	}
	p, _ := s.Decider.Products.Get(name)
	return step.Check && p.Foreseen
}

// only returns a manifest itself, which must be for the platform that is wanted,
// or of several platforms that of the wanted one. "" wants what this machine
// would take.
func (s *Shelf) only(ctx context.Context, m registry.Manifest, wanted string) (registry.Manifest, error) {
	if !m.IsIndex() {
		return m, s.isFor(ctx, m, wanted)
	}
	if child, ok := m.Child(cmp.Or(wanted, platform.Own())); ok {
		return s.child(ctx, m, child)
	}
	return m, fmt.Errorf("%s has no image for %s: it has %s", m.Reference(), cmp.Or(wanted, "this machine, "+platform.Own()), strings.Join(platformsOf(m), ", "))
}

// isFor refuses a manifest that is an image for another platform than the wanted.
func (s *Shelf) isFor(ctx context.Context, m registry.Manifest, wanted string) error {
	if wanted == "" {
		return nil
	}
	config, _, err := s.Client.Config(ctx, m)
	if err != nil {
		return unreachable(err)
	}
	is := strings.TrimSuffix(config.OS+"/"+config.Architecture+"/"+config.Variant, "/")
	if platform.Canonical(is) != platform.Canonical(wanted) {
		return fmt.Errorf("%s has no image for %s: it is for %s", m.Reference(), wanted, is)
	}
	return nil
}

// child returns the manifest of an image in an index.
func (s *Shelf) child(ctx context.Context, m registry.Manifest, c registry.Child) (registry.Manifest, error) {
	out, err := s.Client.Resolve(ctx, m.Of(c).Reference())
	if err != nil {
		return out, unreachable(err)
	}
	if id := decide.ImageIDOf(c); id != "" && id != out.ImageID {
		return out, otherImage(out.Reference(), out.ImageID, id)
	}
	return out, nil
}

// platformsOf are what an index has images for.
func platformsOf(m registry.Manifest) []string {
	var out []string
	for _, c := range m.Images() {
		out = append(out, c.Platform)
	}
	return out
}
