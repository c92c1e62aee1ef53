package action

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	imagespec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/smoke/world"
)

// subject describes a pushed digest to the steps: m, which is one of the images of
// pushed, or pushed itself. release gives back what they mounted.
func (s *Smoke) subject(ctx context.Context, image *inventory.Image, pushed, m registry.Manifest) (subject *world.Subject, release func() error, err error) {
	config, raw, err := s.Client.Config(ctx, m)
	if err != nil {
		return nil, nil, unreachable(err)
	}
	layers, size, err := layersOf(m)
	if err != nil {
		return nil, nil, err
	}
	mount := &mounted{store: s.Store, imageID: m.ImageID}
	platforms := platformsOf(pushed)
	if !pushed.IsIndex() {
		platforms = []string{config.OS + "/" + config.Architecture}
	}
	return &world.Subject{
		Image: image.Name, Reference: pushed.Reference(), Digest: pushed.Digest, ImageID: m.ImageID,
		Config: *config, RawConfig: raw, Manifest: m.Bytes, Platforms: platforms,
		Layers: layers, Size: size, Root: mount.root,
	}, mount.release, nil
}

// layersOf counts the layers of a manifest and adds up their compressed sizes.
func layersOf(m registry.Manifest) (int, int64, error) {
	var content imagespec.Manifest
	if err := json.Unmarshal(m.Bytes, &content); err != nil {
		return 0, 0, fmt.Errorf("reading the manifest of %s: %w", m.Reference(), err)
	}
	var size int64
	for _, l := range content.Layers {
		size += l.Size
	}
	return len(content.Layers), size, nil
}

// mounted is the file tree of an image, mounted when it is first asked for.
type mounted struct {
	store   Storehouse
	imageID string

	mu      sync.Mutex
	dir     string
	unmount func() error
}

func (m *mounted) root(ctx context.Context) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.unmount != nil {
		return m.dir, nil
	}
	// The mount outlives the scenario that asks first.
	dir, unmount, err := m.store.Mount(context.WithoutCancel(ctx), m.imageID)
	if err != nil {
		return "", err
	}
	m.dir, m.unmount = dir, unmount
	return dir, nil
}

func (m *mounted) release() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.unmount == nil {
		return nil
	}
	if err := m.unmount(); err != nil {
		return errors.Join(fmt.Errorf("unmounting the files of %s", m.imageID), err)
	}
	m.unmount = nil
	return nil
}
