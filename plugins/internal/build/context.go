package build

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	drivercopy "github.com/containers/storage/drivers/copy"

	"github.com/slipway-build/slipway/plugins/internal/dockerfile"
)

// contextFor returns the folder that buildah sees as the context: the given
// one, but a copy that belongs to root when a step mounts from it and it has
// other owners. buildah writes the owners of what is mounted into the history,
// by which the image would depend on who checked the files out; COPY and ADD
// do not look at owners.
func contextFor(spec Spec, needs *dockerfile.Build) (string, error) {
	if !needs.MountsContext() {
		return spec.Context, nil
	}
	foreign, err := foreignOwner(spec.Context)
	if err != nil || !foreign {
		return spec.Context, err
	}
	dir := filepath.Join(spec.Request.Dirs.Scratch, "context")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", fmt.Errorf("copying the context: %w", err)
	}
	if err := drivercopy.DirCopy(spec.Context, dir, drivercopy.Content, false); err != nil {
		return "", fmt.Errorf("copying the context: %w", err)
	}
	return dir, own(dir)
}

// foreignOwner reports whether something below dir belongs to somebody else
// than root, which is the user in a user namespace.
func foreignOwner(dir string) (bool, error) {
	found := false
	err := filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if stat, ok := info.Sys().(*syscall.Stat_t); ok && (stat.Uid != 0 || stat.Gid != 0) {
			found = true
			return filepath.SkipAll
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("looking for the owners of the context: %w", err)
	}
	return found, nil
}

// own gives everything below dir to root, without changing modes, and follows
// no link out of it.
func own(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("taking over the copy of the context: %w", err)
	}
	defer root.Close()
	err = fs.WalkDir(root.FS(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if err := root.Lchown(path, 0, 0); err != nil || entry.Type() == fs.ModeSymlink {
			return err
		}
		return root.Chmod(path, info.Mode()) // a change of owner drops setuid bits
	})
	if err != nil {
		return fmt.Errorf("taking over the copy of the context: %w", err)
	}
	return nil
}
