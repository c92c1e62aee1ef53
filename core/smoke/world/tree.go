package world

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	securejoin "github.com/cyphar/filepath-securejoin"
)

// A Tree is the file tree of the image under test. Paths are absolute paths
// inside the image, and symbolic links lead where they lead in a container:
// never out of the image.
type Tree struct{ root string }

// Files returns the file tree of the image under test.
func (w *World) Files(ctx context.Context) (Tree, error) {
	subject := w.Subject()
	if subject == nil || subject.Root == nil {
		return Tree{}, errors.New("the files of the image cannot be read here")
	}
	root, err := subject.Root(ctx)
	if err != nil {
		return Tree{}, fmt.Errorf("opening the files of the image: %w", err)
	}
	return Tree{root: root}, nil
}

// resolve returns the path on this machine; the last element is followed when
// it is a link and follow is set.
func (t Tree) resolve(path string, follow bool) (string, error) {
	if follow {
		return securejoin.SecureJoin(t.root, path)
	}
	dir, err := securejoin.SecureJoin(t.root, filepath.Dir(filepath.Clean(path)))
	if filepath.Clean(path) == "/" {
		return dir, err
	}
	return filepath.Join(dir, filepath.Base(path)), err
}

// Stat describes what path leads to. The error is a Mismatch when there is
// nothing.
func (t Tree) Stat(path string) (fs.FileInfo, error) { return t.stat(path, true, os.Stat) }

// Lstat describes path itself, be it a symbolic link.
func (t Tree) Lstat(path string) (fs.FileInfo, error) { return t.stat(path, false, os.Lstat) }

func (t Tree) stat(path string, follow bool, stat func(string) (fs.FileInfo, error)) (fs.FileInfo, error) {
	local, err := t.resolve(path, follow)
	if err != nil {
		return nil, fmt.Errorf("resolving %s: %w", path, err)
	}
	info, err := stat(local)
	return info, t.explain(path, err)
}

// explain makes a Mismatch of what is not there, and takes this machine's
// paths out of all other errors.
func (t Tree) explain(path string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return Mismatchf("%s does not exist", path)
	}
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	}
	return fmt.Errorf("reading %s in the image: %w", path, err)
}

// Open opens the regular file that path leads to.
func (t Tree) Open(path string) (*os.File, error) {
	info, err := t.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, Mismatchf("%s is %s, not a file", path, DescribeMode(info.Mode()))
	}
	local, err := t.resolve(path, true)
	if err != nil {
		return nil, fmt.Errorf("resolving %s: %w", path, err)
	}
	f, err := os.Open(local)
	return f, t.explain(path, err)
}

// Readlink returns where the symbolic link at path points, as written.
func (t Tree) Readlink(path string) (string, error) {
	local, err := t.resolve(path, false)
	if err != nil {
		return "", fmt.Errorf("resolving %s: %w", path, err)
	}
	target, err := os.Readlink(local)
	return target, t.explain(path, err)
}

// Walk calls visit for path and all below it, with the path inside the image.
// It follows no links below path.
func (t Tree) Walk(ctx context.Context, path string, visit func(path string, info fs.FileInfo) error) error {
	local, err := t.resolve(path, true)
	if err != nil {
		return fmt.Errorf("resolving %s: %w", path, err)
	}
	return filepath.WalkDir(local, func(at string, entry fs.DirEntry, err error) error {
		inside := "/" + strings.TrimPrefix(strings.TrimPrefix(at, t.root), "/")
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			return t.explain(inside, err)
		}
		info, err := entry.Info()
		if err != nil {
			return t.explain(inside, err)
		}
		return visit(inside, info)
	})
}

// DescribeMode says what kind of file a mode stands for.
func DescribeMode(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a directory"
	case mode.IsRegular():
		return "a file"
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	default:
		return "a special file"
	}
}
