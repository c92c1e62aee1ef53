package action

import (
	"context"
	"fmt"
	"runtime"

	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/registry"
)

// Storehouse is local storage as it is needed to look into images.
type Storehouse interface {
	Store
	Mount(ctx context.Context, imageID string) (root string, unmount func() error, err error)
	Image(imageID string) (container.Image, error)
	RawConfig(imageID string) ([]byte, error)
}

// A Shelf brings images into local storage, where their files can be read and
// containers be made from them.
type Shelf struct {
	Decider *Decider
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
		return fmt.Errorf("pulling %s: it came as image %s, wanted %s", m.Reference(), id, m.ImageID)
	}
	return nil
}

// find returns the image ID for an image that a scenario names: the candidate
// of one of the inventory, or one by its reference in a registry.
func (s *Shelf) find(ctx context.Context, ref string) (string, error) {
	if node := s.Decider.Family.Node(ref); node != nil {
		p, err := s.Decider.candidate(ctx, node.Image, candidateTag)
		if err != nil {
			return "", err
		}
		return p.ImageID, s.bring(ctx, *p.Manifest)
	}
	m, err := s.named(ctx, ref)
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
	if p, _ := s.Decider.Products.Get(own.Name); p.ImageID != "" && s.Store.Has(p.ImageID) {
		return p.ImageID, nil
	}
	m, err := s.Decider.pushed(ctx, own, candidateTag)
	if err != nil {
		return "", err
	}
	return m.ImageID, s.bring(ctx, m)
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

// named returns the manifest of a reference, of several platforms that of this
// machine.
func (s *Shelf) named(ctx context.Context, ref string) (registry.Manifest, error) {
	m, err := s.Client.Resolve(ctx, ref)
	if err != nil || !m.IsIndex() {
		return m, unreachable(err)
	}
	platform := runtime.GOOS + "/" + runtime.GOARCH
	child, ok := m.Child(platform)
	if !ok {
		return m, fmt.Errorf("%s has no image for %s", ref, platform)
	}
	m, err = s.Client.Resolve(ctx, m.Repository+"@"+child.Digest)
	return m, unreachable(err)
}
