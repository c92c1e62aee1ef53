package build

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/containers/storage"
	"github.com/containers/storage/pkg/mount"

	"github.com/slipway-build/slipway/sdk/strategy"
)

// Sweep removes what builds that were killed left in the storage: their
// working containers and mounts. Builds that are alive, in whatever process,
// keep theirs; so do containers that no build made.
func Sweep(s strategy.Storage) error {
	dead, err := deadLeases(s.Root)
	if err != nil {
		return err
	}
	var problems []error
	for _, l := range dead {
		if err := removeRemains(s, filepath.Base(l.path)); err != nil {
			problems = append(problems, err)
			l.file.Close() // the lease stays for the next sweep
			continue
		}
		l.release()
	}
	return errors.Join(problems...)
}

// suffix marks the working containers of a build. It ends in a word, so that
// no build's suffix is another's with a number.
func suffix(buildID string) string { return "slipway-" + buildID + "-build" }

// owns reports whether a working container was made by a build. buildah
// numbers the containers of one build.
func owns(buildID string, c storage.Container) bool {
	for _, name := range c.Names {
		_, rest, ok := strings.Cut(name, suffix(buildID))
		if ok && strings.Trim(rest, "-0123456789") == "" {
			return true
		}
	}
	return false
}

// removeRemains removes all that a build without processes left.
func removeRemains(s strategy.Storage, buildID string) error {
	return errors.Join(removeContainers(s, buildID), removeCgroups(buildID))
}

// removeContainers removes the working containers of a build.
func removeContainers(s strategy.Storage, buildID string) error {
	store, err := openStore(s)
	if err != nil {
		return err
	}
	containers, err := store.Containers()
	if err != nil {
		return fmt.Errorf("listing working containers: %w", err)
	}
	var problems []error
	for _, c := range containers {
		if !owns(buildID, c) {
			continue
		}
		if err := removeContainer(store, c); err != nil {
			problems = append(problems, fmt.Errorf("removing working container %s: %w", c.ID, err))
		}
	}
	return errors.Join(problems...)
}

func removeContainer(store storage.Store, c storage.Container) error {
	dir, err := store.ContainerDirectory(c.ID)
	if err != nil {
		return err
	}
	if err := unmountBelow(dir); err != nil {
		return err
	}
	err = store.DeleteContainer(c.ID)
	if errors.Is(err, storage.ErrContainerUnknown) {
		return nil
	}
	return err
}

// unmountBelow takes down the mounts that buildah made in a container's own
// folder, innermost first, so that the folder can be removed.
func unmountBelow(dir string) error {
	mounts, err := mount.GetMounts()
	if err != nil {
		return fmt.Errorf("listing mounts: %w", err)
	}
	for _, m := range slices.Backward(mounts) {
		if !strings.HasPrefix(m.Mountpoint, dir+"/") {
			continue
		}
		if err := mount.Unmount(m.Mountpoint); err != nil {
			return fmt.Errorf("unmounting %s: %w", m.Mountpoint, err)
		}
	}
	return nil
}
