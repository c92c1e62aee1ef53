package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// apart are folders that are never part of a source: what version control and
// slipway keep for themselves.
func apart() []string { return []string{".git", "**/.git", ".slipway", "**/.slipway"} }

// directory is a folder of this machine as it is now.
func (w *Workspaces) directory(ctx context.Context, s *stratum) error {
	at := s.file()
	if info, err := os.Stat(at); err != nil || !info.IsDir() {
		return s.mistake(errors.New("there is no such folder"))
	}
	files, err := buildkey.Read(ctx, at, []strategy.Input{{Path: ".", Exclude: apart()}}, w.Memo)
	if err != nil {
		return fmt.Errorf("reading %s: %w", s.Name(), err)
	}
	for _, f := range files {
		if kind, _, _ := strings.Cut(f.Mode, " "); kind != "file" && kind != "dir" && kind != "link" {
			return s.mistake(fmt.Errorf("%s is a %s, and neither a file nor a folder nor a link", f.Path, kind))
		}
	}
	s.called(hashOf(files))
	s.fill = func(ctx context.Context, p places) error { return copyTree(ctx, at, files, p.to) }
	return nil
}

// hashOf names what files are.
func hashOf(files []buildkey.File) string {
	h := sha256.New()
	for _, f := range files {
		fmt.Fprintf(h, "%q %q %q %q\n", f.Path, f.Mode, f.Link, f.Digest)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// copyTree copies files as they were read. One that is another one by now is an
// error: the workspace would not be what it is called after.
func copyTree(ctx context.Context, from string, files []buildkey.File, to string) error {
	source, err := os.OpenRoot(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenRoot(to)
	if err != nil {
		return err
	}
	defer target.Close()
	for _, f := range files {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := copyOne(source, target, f); err != nil {
			return fmt.Errorf("copying %s: %w", filepath.Join(from, f.Path), err)
		}
	}
	return nil
}

func copyOne(source, target *os.Root, f buildkey.File) error {
	name := unquoted(f.Path)
	kind, bits, _ := strings.Cut(f.Mode, " ")
	number, _ := strconv.ParseUint(bits, 8, 32) // of a link there is none
	mode := fs.FileMode(number).Perm()
	if err := mkdirs(target, path.Dir(name)); err != nil {
		return err
	}
	switch kind {
	case "dir":
		if err := mkdirs(target, name); err != nil {
			return err
		}
		return target.Chmod(name, mode|0o700)
	case "link":
		return target.Symlink(unquoted(f.Link), name)
	default:
		return copyFile(source, target, name, mode, f.Digest)
	}
}

// unquoted is a path as it is, where the list of files had to quote it.
func unquoted(name string) string {
	if plain, err := strconv.Unquote(name); err == nil {
		return plain
	}
	return name
}

// errMoved says that a file changed between two looks at it.
var errMoved = errors.New("it changed while it was read: try again")

func copyFile(source, target *os.Root, name string, mode fs.FileMode, digest string) error {
	in, err := source.Open(name)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := target.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	h := sha256.New()
	_, err = io.Copy(io.MultiWriter(out, h), in)
	if err := errors.Join(err, out.Chmod(mode|0o600), out.Close()); err != nil {
		return err
	}
	if "sha256:"+hex.EncodeToString(h.Sum(nil)) != digest {
		return errMoved
	}
	return nil
}

// mkdirs makes a folder and those above it, with the mode that folders have
// whatever the umask. A link in its way is refused: it may lead anywhere.
func mkdirs(root *os.Root, dir string) error {
	if dir == "." {
		return nil
	}
	if err := mkdirs(root, path.Dir(dir)); err != nil {
		return err
	}
	err := root.Mkdir(dir, 0o755)
	if err == nil {
		return root.Chmod(dir, 0o755)
	}
	info, statErr := root.Lstat(dir)
	switch {
	case !errors.Is(err, fs.ErrExist):
		return err
	case statErr != nil:
		return statErr
	case !info.IsDir():
		return fmt.Errorf("%s is no folder", dir)
	}
	return nil
}

// plainDir makes a folder below another.
func plainDir(in, dir string) error {
	root, err := os.OpenRoot(in)
	if err != nil {
		return err
	}
	defer root.Close()
	return mkdirs(root, dir)
}

// plain gives what was written by a program the modes that a commit knows:
// programs and others, whatever the umask.
func plain(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(at string, d fs.DirEntry, err error) error {
		if err != nil || d.Type()&fs.ModeSymlink != 0 {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		mode := fs.FileMode(0o644)
		if info.Mode().Perm()&0o100 != 0 || d.IsDir() {
			mode = 0o755
		}
		return root.Chmod(at, mode)
	})
}
