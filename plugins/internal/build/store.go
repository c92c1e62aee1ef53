package build

import (
	"errors"
	"fmt"

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

// dropNames takes the names off all images. The storage is slipway's own,
// where names mean nothing; but buildah writes the name of a base, and of an
// image whose layers it finds in its cache, into the history of what is built
// on it, so that equal builds would differ by it.
func dropNames(store storage.Store) error {
	images, err := store.Images()
	if err != nil {
		return fmt.Errorf("listing images: %w", err)
	}
	for _, image := range images {
		if len(image.Names) == 0 {
			continue
		}
		err := store.RemoveNames(image.ID, image.Names)
		if err != nil && !errors.Is(err, storage.ErrImageUnknown) {
			return fmt.Errorf("taking the names off image %s: %w", image.ID, err)
		}
	}
	return nil
}
