package unpack

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// An entry is one thing in an archive.
type entry struct {
	name    string
	mode    fs.FileMode // permissions
	target  string      // of a link
	content io.Reader   // of a file
}

// A writer puts entries below a folder.
type writer struct {
	root        *os.Root
	limit, left Limits
}

// take writes one entry once its place is known to be a sound one.
func (w *writer) take(e entry, write func(entry) error) error {
	if w.left.Entries--; w.left.Entries < 0 {
		return &EntryError{e.name, fmt.Sprintf("is one more than the %d that an archive may have", w.limit.Entries)}
	}
	if strings.Contains(e.name, "\x00") || path.IsAbs(e.name) || !filepath.IsLocal(path.Clean(e.name)) {
		return &EntryError{e.name, "leads out of the archive"}
	}
	named := e.name
	e.name = path.Clean(e.name)
	if e.name == "." {
		return nil
	}
	err := w.parents(path.Dir(e.name))
	if err == nil {
		err = write(e)
	}
	if r, ok := errors.AsType[*EntryError](err); ok {
		r.Entry = named
		return r
	}
	if err != nil {
		return fmt.Errorf("unpacking the entry %q: %w", named, err)
	}
	return nil
}

// parents makes the folders above an entry. None of them may be a link: what
// is allowed of a link depends on the folder it really stands in.
func (w *writer) parents(dir string) error {
	if dir == "." {
		return nil
	}
	if err := w.parents(path.Dir(dir)); err != nil {
		return err
	}
	info, err := w.root.Lstat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return w.mkdir(dir, 0o755)
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return &EntryError{Why: "would be written through the link " + dir}
	case !info.IsDir():
		return &EntryError{Why: "lies below " + dir + ", which is a file"}
	}
	return nil
}

func (w *writer) mkdir(name string, mode fs.FileMode) error {
	err := w.root.Mkdir(name, 0o700)
	if err != nil {
		return err
	}
	return w.root.Chmod(name, mode|0o700) // whatever the umask
}

func (w *writer) folder(e entry) error {
	info, err := w.root.Lstat(e.name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return w.mkdir(e.name, e.mode)
	case err != nil:
		return err
	case !info.IsDir():
		return &EntryError{Why: "is a folder here and something else before"}
	}
	return w.root.Chmod(e.name, e.mode|0o700)
}

// clear takes away what an earlier entry of the same name wrote.
func (w *writer) clear(name string) error {
	info, err := w.root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.IsDir():
		return &EntryError{Why: "was a folder before"}
	}
	return w.root.Remove(name)
}

func (w *writer) file(e entry) error {
	if err := w.clear(e.name); err != nil {
		return err
	}
	out, err := w.root.OpenFile(e.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	n, err := io.Copy(out, io.LimitReader(e.content, w.left.Bytes+1))
	err = errors.Join(err, out.Chmod(e.mode|0o600), out.Close())
	if w.left.Bytes -= n; w.left.Bytes < 0 {
		return &EntryError{Why: fmt.Sprintf("goes beyond the %d bytes that an archive may come to", w.limit.Bytes)}
	}
	return err
}

// link writes a symbolic link that leads to somewhere in the archive.
func (w *writer) link(e entry) error {
	if err := checkTarget(e); err != nil {
		return err
	}
	if err := w.clear(e.name); err != nil {
		return err
	}
	return w.root.Symlink(e.target, e.name)
}

// checkTarget refuses a target that may lead out. A ".." after a name is one of
// them: the name may be a link itself, and then nobody can tell whence it goes
// up.
func checkTarget(e entry) error {
	if path.IsAbs(e.target) {
		return &EntryError{Why: "is an absolute link, to " + e.target}
	}
	if e.target == "" || !filepath.IsLocal(path.Join(path.Dir(e.name), e.target)) {
		return &EntryError{Why: "is a link that leads out of the archive, to " + e.target}
	}
	below := strings.TrimLeft(e.target, "./")
	for part := range strings.SplitSeq(below, "/") {
		if part == ".." {
			return &EntryError{Why: "is a link that goes down and up again, to " + e.target}
		}
	}
	return nil
}

// hardLink writes another name of a file that was unpacked before.
func (w *writer) hardLink(e entry) error {
	target := path.Clean(e.target)
	if path.IsAbs(e.target) || !filepath.IsLocal(target) {
		return &EntryError{Why: "is a link that leads out of the archive, to " + e.target}
	}
	if target == e.name {
		return nil
	}
	if err := w.parents(path.Dir(target)); err != nil {
		return err
	}
	info, err := w.root.Lstat(target)
	if err != nil || !info.Mode().IsRegular() {
		return &EntryError{Why: "is another name of " + e.target + ", which is no file before it"}
	}
	if err := w.clear(e.name); err != nil {
		return err
	}
	return w.root.Link(target, e.name)
}
