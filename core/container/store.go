package container

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/containers/storage"

	"github.com/slipway-build/slipway/sdk/strategy"
)

// Options say where a store is and how it keeps files.
type Options struct {
	Root    string   // absolute; images and containers
	RunRoot string   // absolute; what does not outlive a boot
	Driver  string   // "overlay" or "vfs"; empty: what the store has already, else overlay when it works here
	Options []string // for the driver, as in storage.conf
}

// A Store is a container storage: images, and the file systems of containers
// made from them. It may be used concurrently, and by several processes at
// once.
type Store struct {
	store storage.Store
	where strategy.Storage
}

// Open opens the storage in opts, or begins one. The caller is root, in a user
// namespace or of the machine: see package namespace.
func Open(opts Options) (*Store, error) {
	if !filepath.IsAbs(opts.Root) || !filepath.IsAbs(opts.RunRoot) {
		return nil, fmt.Errorf("opening the storage: %q and %q must be absolute paths", opts.Root, opts.RunRoot)
	}
	var failed error
	for _, driver := range drivers(opts) {
		store, err := storage.GetStore(storage.StoreOptions{
			GraphRoot:          opts.Root,
			RunRoot:            opts.RunRoot,
			GraphDriverName:    driver,
			GraphDriverOptions: opts.Options,
		})
		if err == nil {
			return &Store{store, strategy.Storage{
				Driver: driver, Root: opts.Root, RunRoot: opts.RunRoot, Options: opts.Options,
			}}, nil
		}
		failed = errors.Join(failed, fmt.Errorf("opening the storage in %s with driver %s: %w", opts.Root, driver, err))
	}
	return nil, failed
}

// drivers returns which drivers to try, in order. A store keeps the driver it
// began with: another would not see its images.
func drivers(opts Options) []string {
	if opts.Driver != "" {
		return []string{opts.Driver}
	}
	for _, driver := range []string{"overlay", "vfs"} {
		if _, err := os.Stat(filepath.Join(opts.Root, driver+"-layers", "layers.json")); err == nil {
			return []string{driver}
		}
	}
	return []string{"overlay", "vfs"}
}

// Storage returns where the store is, for strategies that build into it.
func (s *Store) Storage() strategy.Storage { return s.where }

// Close lets go of the store. What is mounted stays mounted: other processes
// may be using it.
func (s *Store) Close() error {
	_, err := s.store.Shutdown(false)
	if errors.Is(err, storage.ErrLayerUsedByContainer) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("closing the storage: %w", err)
	}
	return nil
}
