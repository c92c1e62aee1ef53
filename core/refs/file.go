package refs

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Below returns the deployment files in a folder and all folders below it,
// sorted: what ends in .yml or .yaml, and those named Kustomization. Hidden
// folders, such as that of git, are left out.
func Below(dir string) ([]string, error) {
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != dir && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case !d.IsDir() && isDeployment(d.Name()):
			out = append(out, path)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for deployment files: %w", err)
	}
	return out, nil
}

func isDeployment(name string) bool {
	switch filepath.Ext(name) {
	case ".yml", ".yaml":
		return true
	default:
		return name == "Kustomization"
	}
}

// Save puts the result into its file, at once: who reads it meanwhile sees all
// of it or nothing. The file keeps its mode and owner, and a link to it stays a
// link. A file that is another one than when it was read is not written.
func (r Rewriting) Save() error {
	path, err := filepath.EvalSymlinks(r.File)
	if err != nil {
		return fmt.Errorf("writing %s: %w", r.File, err)
	}
	now, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("writing %s: %w", r.File, err)
	}
	if !bytes.Equal(now, r.Before) {
		return fmt.Errorf("writing %s: somebody else has changed it meanwhile", r.File)
	}
	if err := replace(path, r.After); err != nil {
		return fmt.Errorf("writing %s: %w", r.File, err)
	}
	return nil
}

// replace writes a new file beside the old one and has it take its place.
func replace(path string, content []byte) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".slipway-*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if owner, ok := info.Sys().(*syscall.Stat_t); ok && err == nil && os.Geteuid() == 0 {
		err = f.Chown(int(owner.Uid), int(owner.Gid))
	}
	if err = errors.Join(err, f.Chmod(info.Mode().Perm()), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
