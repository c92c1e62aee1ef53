package source

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Extract writes a folder of the repository (absolute, in the working tree) as
// it was at a commit into an empty folder. It reports whether there was such a
// folder then.
func (r *Repository) Extract(ctx context.Context, commit, folder, to string) (bool, error) {
	at, err := filepath.Rel(r.top, folder)
	if err != nil {
		return false, fmt.Errorf("extracting %s: %w", folder, err)
	}
	tree := commit
	if at != "." {
		tree += ":" + filepath.ToSlash(at)
	}
	if _, err := r.git(ctx, "cat-file", "-e", tree); err != nil {
		return false, nil //nolint:nilerr // that there is none is the answer
	}
	archive, err := r.git(ctx, "archive", "--format=tar", tree)
	if err != nil {
		return false, fmt.Errorf("extracting %s at %s: %w", folder, commit, err)
	}
	root, err := os.OpenRoot(to)
	if err != nil {
		return false, fmt.Errorf("extracting %s: %w", folder, err)
	}
	defer root.Close()
	if err := unpack(tar.NewReader(bytes.NewReader(archive)), root); err != nil {
		return false, fmt.Errorf("extracting %s at %s: %w", folder, commit, err)
	}
	return true, nil
}

// unpack writes an archive of git, which holds folders, files and links.
func unpack(archive *tar.Reader, root *os.Root) error {
	for {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := unpackOne(archive, h, root); err != nil {
			return err
		}
	}
}

func unpackOne(content io.Reader, h *tar.Header, root *os.Root) error {
	name := filepath.Clean(h.Name)
	switch h.Typeflag {
	case tar.TypeDir:
		return root.MkdirAll(name, 0o755)
	case tar.TypeSymlink:
		return root.Symlink(h.Linkname, name)
	case tar.TypeReg:
		if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, h.FileInfo().Mode().Perm())
		if err != nil {
			return err
		}
		_, err = io.Copy(f, content)
		return errors.Join(err, f.Close())
	default:
		return nil // the header that names the commit
	}
}
