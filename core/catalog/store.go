package catalog

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Names below a store's folder of one content.
const (
	storedFile = "plugin" // a program
	storedTree = "tree"   // or a folder with a plugin.yaml
)

// A Store keeps the content of plugins below a folder, each under its SHA-256
// and read-only. Content is there as a whole or not at all, so several
// processes may use one store.
type Store struct{ dir string }

// NewStore returns the store in dir, which need not exist yet.
func NewStore(dir string) Store { return Store{dir: dir} }

// path is where content with this digest is.
func (s Store) path(digest string) string { return filepath.Join(s.dir, "sha256", digest) }

// Has reports whether there is content with this digest; it is verified when it
// is started.
func (s Store) Has(digest string) bool {
	_, err := os.Stat(s.path(digest))
	return err == nil
}

// isTree reports whether the content is a folder.
func (s Store) isTree(digest string) bool {
	_, err := os.Stat(filepath.Join(s.path(digest), storedTree))
	return err == nil
}

// AddPath adds a program or a folder of this machine, and returns its digest.
func (s Store) AddPath(path string) (digest string, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("installing a plugin: %w", err)
	}
	if info.IsDir() {
		return s.addTree(path)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("installing a plugin: %w", err)
	}
	defer f.Close()
	return s.add(func(tmp string) (string, error) { return writeProgram(filepath.Join(tmp, storedFile), f) })
}

// AddDownload adds a program that download writes; it must have this digest.
func (s Store) AddDownload(ctx context.Context, digest string, download func(context.Context, io.Writer) error) error {
	got, err := s.add(func(tmp string) (string, error) {
		r, w := io.Pipe()
		go func() { w.CloseWithError(download(ctx, w)) }()
		defer r.Close()
		return writeProgram(filepath.Join(tmp, storedFile), r)
	})
	if err == nil && got != digest {
		err = fmt.Errorf("installing a plugin: got content with SHA-256 %s, not %s", got, digest)
	}
	return err
}

func (s Store) addTree(dir string) (string, error) {
	return s.add(func(tmp string) (string, error) {
		into := filepath.Join(tmp, storedTree)
		files, err := treeFiles(dir)
		if err != nil {
			return "", err
		}
		for _, name := range files {
			if err := copyFile(filepath.Join(dir, name), filepath.Join(into, name)); err != nil {
				return "", err
			}
		}
		if _, err := readManifest(into); err != nil {
			return "", err
		}
		return hashTree(into)
	})
}

// add has fill write content into a new folder, which becomes the content's
// own when all of it is on the disk.
func (s Store) add(fill func(tmp string) (digest string, err error)) (string, error) {
	if err := os.MkdirAll(filepath.Join(s.dir, "sha256"), 0o755); err != nil {
		return "", fmt.Errorf("installing a plugin: %w", err)
	}
	tmp, err := os.MkdirTemp(s.dir, "new-")
	if err != nil {
		return "", fmt.Errorf("installing a plugin: %w", err)
	}
	defer os.RemoveAll(tmp)
	digest, err := fill(tmp)
	if err != nil {
		return "", err
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return "", fmt.Errorf("installing a plugin: %w", err)
	}
	err = os.Rename(tmp, s.path(digest))
	if err != nil && !errors.Is(err, os.ErrExist) && !s.Has(digest) {
		return "", fmt.Errorf("installing a plugin: %w", err)
	}
	return digest, nil
}

// writeProgram writes a program and returns its digest.
func writeProgram(path string, r io.Reader) (string, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o555)
	if err != nil {
		return "", fmt.Errorf("installing a plugin: %w", err)
	}
	hash := sha256.New()
	_, err = io.Copy(io.MultiWriter(f, hash), r)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", fmt.Errorf("installing a plugin: %w", err)
	}
	return fmt.Sprintf("%x", hash.Sum(nil)), nil
}

// copyFile copies a file with its right to be executed.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("installing a plugin: %w", err)
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return fmt.Errorf("installing a plugin: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return fmt.Errorf("installing a plugin: %w", err)
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode().Perm()&0o555|0o444)
	if err != nil {
		return fmt.Errorf("installing a plugin: %w", err)
	}
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Sync(), out.Close()); err != nil {
		return fmt.Errorf("installing a plugin: %w", err)
	}
	return nil
}
