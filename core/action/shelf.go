package action

import (
	"context"
	"fmt"
	"strings"

	"github.com/slipway-build/slipway/core/container"
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
	Image(imageID string) (container.Image, error)
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
		return s.fetch(ctx, *p.Manifest)
	}
	m, err := s.Client.Resolve(ctx, ref)
	if err != nil {
		return "", unreachable(err)
	}
	return s.fetch(ctx, m)
}

// fetch has the image of a manifest in local storage, of several platforms that
// of this machine, and returns its ID.
func (s *Shelf) fetch(ctx context.Context, m registry.Manifest) (string, error) {
	m, err := s.own(ctx, m)
	if err != nil {
		return "", err
	}
	return m.ImageID, s.bring(ctx, m)
}

// take returns the image ID for an image that a task names: the task's own when
// it names none, one of the inventory, or one by its reference. Of the
// inventory's it is what this run made or found, whether pushed or not, else
// what the candidate's tag names.
func (s *Shelf) take(ctx context.Context, own *inventory.Image, ref string) (string, error) {
	if node := s.Decider.Family.Node(ref); node != nil {
		own, ref = node.Image, ""
	}
	if ref != "" {
		return s.find(ctx, ref)
	}
	p, _ := s.Decider.Products.Get(own.Name)
	if part, ok := p.Here(); ok && part.ImageID != "" && s.Store.Has(part.ImageID) {
		return part.ImageID, nil
	}
	m, err := pushed(ctx, s.Decider, own, candidateTag)
	if err != nil {
		return "", err
	}
	return s.fetch(ctx, m)
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

// own returns a manifest itself, of several platforms that of this machine.
func (s *Shelf) own(ctx context.Context, m registry.Manifest) (registry.Manifest, error) {
	if !m.IsIndex() {
		return m, nil
	}
	child, ok := m.Child(platform.Own())
	if !ok {
		return m, fmt.Errorf("%s has no image for this machine, %s: it has %s", m.Reference(), platform.Own(), strings.Join(platformsOf(m), ", "))
	}
	return s.child(ctx, m, child)
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
