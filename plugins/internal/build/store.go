package build

import (
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

// dropNames takes the names off an image. The storage is slipway's own, where
// names mean nothing; but buildah writes the name of a base into the history
// of what is built on it, and equal builds would differ by it.
func dropNames(store storage.Store, id string) error {
	image, err := store.Image(id)
	if err != nil {
		return fmt.Errorf("looking up image %s: %w", id, err)
	}
	if len(image.Names) == 0 {
		return nil
	}
	if err := store.RemoveNames(id, image.Names); err != nil {
		return fmt.Errorf("taking the names off image %s: %w", id, err)
	}
	return nil
}
