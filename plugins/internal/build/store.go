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

// temporary matches the name that buildah gives an image while it commits it,
// and by which it finds it again.
var temporary = regexp.MustCompile(`(^|/)[0-9a-f]{64}-tmp(:latest)?$`)

// dropNames takes the names off all images, for the build of that identifier.
// The storage is slipway's own, where names mean nothing; but buildah writes
// the name of a base, and of an image whose layers it finds in its cache, into
// the history of what is built on it, so that equal builds would differ by it.
// Temporary names are spared while another build is alive, which may be about
// to look for its image; those of killed builds go with the next build that
// is alone.
func dropNames(store storage.Store, buildID string) error {
	images, err := store.Images() // before the leases, so that no younger name is touched
	if err != nil {
		return fmt.Errorf("listing images: %w", err)
	}
	shared, err := othersAlive(store.GraphRoot(), buildID)
	if err != nil {
		return err
	}
	for _, image := range images {
		names := image.Names
		if shared {
			names = slices.DeleteFunc(names, temporary.MatchString)
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
