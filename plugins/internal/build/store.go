package build

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/containers/storage"

	"github.com/slipway-build/slipway/sdk/strategy"
)

// openStore opens the host's container storage.
func openStore(s strategy.Storage) (storage.Store, error) {
	store, err := storage.GetStore(storage.StoreOptions{
		GraphDriverName:    s.Driver,
		GraphRoot:          s.Root,
		RunRoot:            s.RunRoot,
		GraphDriverOptions: s.Options,
	})
	if err != nil {
		return nil, fmt.Errorf("opening container storage at %s: %w", s.Root, err)
	}
	return store, nil
}

// passing is a name that buildah gives a layer for as long as it commits it.
var passing = regexp.MustCompile(`^docker\.io/library/[0-9a-f]{64}-tmp:latest$`)

// dropNames takes the names off all images. The storage is slipway's own,
// where names mean nothing; but buildah writes the name of a base, and of an
// image whose layers it finds in its cache, into the history of what is built
// on it, so that equal builds would differ by it.
//
// While it commits a layer, buildah finds its own work by a passing name. Those
// stay while other builds are alive: which was looked at after the images were
// listed, so that no name in the list is of a build that has begun since.
func dropNames(store storage.Store, root, buildID string) error {
	images, err := store.Images()
	if err != nil {
		return fmt.Errorf("listing images: %w", err)
	}
	busy, err := othersLive(root, buildID)
	if err != nil {
		return err
	}
	for _, image := range images {
		names := image.Names
		if busy {
			names = slices.DeleteFunc(slices.Clone(names), passing.MatchString)
		}
		if len(names) == 0 {
			continue
		}
		err := store.RemoveNames(image.ID, names)
		if err != nil && !errors.Is(err, storage.ErrImageUnknown) {
			return fmt.Errorf("taking the names off image %s: %w", image.ID, err)
		}
	}
	return nil
}
