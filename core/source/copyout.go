package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	securejoin "github.com/cyphar/filepath-securejoin"
)

// A Copy takes files out of an image into a folder of this machine.
//
// A path names a file, a folder with all that is in it, or, with a slash at its
// end, what is in a folder; its elements may be patterns (*, ?, [a-z]). A
// symbolic link that a path names or goes through is followed, inside of the
// image; one that is found below a folder is copied as it is. Modes are kept,
// owners and the bits that lend an owner's rights are not: the files belong to
// who runs slipway. Nothing is written outside of the folder, whatever links
// there are in it. Files that are there and not in the image stay.
type Copy struct {
	Root  string // the image's file tree, mounted
	Paths []string
	Dest  string // absolute
	Check bool   // only say what would change
}

// A Copied is what a [Copy] came to: paths below Dest, in order.
type Copied struct {
	Files   []string // and links
	Changed []string // those that were not there, or different
	LeftOut []string // devices, pipes and sockets, which are of no use elsewhere
}

// Run copies. A path that names nothing in the image is an error, and so is a
// file that two of them would make.
func (c Copy) Run(ctx context.Context) (Copied, error) {
	r := &copying{Copy: c, from: map[string]string{}}
	for _, p := range c.Paths {
		if err := r.choose(p); err != nil {
			return Copied{}, err
		}
	}
	if err := r.open(); err != nil {
		return Copied{}, fmt.Errorf("copying into %s: %w", c.Dest, err)
	}
	defer r.close()
	for _, one := range r.chosen {
		if err := r.tree(ctx, one.local, one.name); err != nil {
			return r.done, err
		}
	}
	for _, list := range []*[]string{&r.done.Files, &r.done.Changed, &r.done.LeftOut} {
		slices.Sort(*list)
	}
	return r.done, nil
}

// copying is one Run under way.
type copying struct {
	Copy
	dest   *os.Root // nil in a check of a folder that does not exist
	chosen []choice
	from   map[string]string // what was made → what of the image it is
	done   Copied
}

// A choice is a file or folder of the image, where it is on this machine and
// what it is to be called below Dest.
type choice struct{ local, name string }

// open opens the folder, which is made if need be.
func (r *copying) open() (err error) {
	if !r.Check {
		if err := os.MkdirAll(r.Dest, 0o755); err != nil {
			return err
		}
	}
	r.dest, err = os.OpenRoot(r.Dest)
	if r.Check && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (r *copying) close() {
	if r.dest != nil {
		_ = r.dest.Close() // nothing was written through it
	}
}

// choose finds what a path names in the image.
func (r *copying) choose(p string) error {
	found, err := r.matches(p)
	if err != nil {
		return fmt.Errorf("looking for %s in the image: %w", p, err)
	}
	if len(found) == 0 {
		return fmt.Errorf("there is no %s in the image", p)
	}
	for _, inside := range found {
		local, err := securejoin.SecureJoin(r.Root, inside)
		if err != nil {
			return fmt.Errorf("looking for %s in the image: %w", p, err)
		}
		name := path.Base(inside)
		if strings.HasSuffix(p, "/") || inside == "/" {
			if info, err := os.Stat(local); err == nil && !info.IsDir() {
				return fmt.Errorf("%s is no folder in the image", p)
			}
			name = "."
		}
		r.chosen = append(r.chosen, choice{local, name})
	}
	return nil
}

// matches returns the paths in the image that a pattern names. Every element is
// looked up inside of the image, wherever links lead.
func (r *copying) matches(pattern string) ([]string, error) {
	if _, err := path.Match(pattern, ""); err != nil {
		return nil, err
	}
	found := []string{"/"}
	for element := range strings.SplitSeq(strings.Trim(path.Clean("/"+pattern), "/"), "/") {
		var next []string
		for _, dir := range found {
			names, err := r.within(dir, element)
			if err != nil {
				return nil, err
			}
			for _, name := range names {
				next = append(next, path.Join(dir, name))
			}
		}
		found = next
	}
	return found, nil
}

// within returns the entries of a folder of the image that an element matches.
func (r *copying) within(dir, element string) ([]string, error) {
	if element == "" {
		return []string{""}, nil
	}
	local, err := securejoin.SecureJoin(r.Root, dir)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(local)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, nil
	}
	var names []string
	for _, e := range entries {
		if ok, _ := path.Match(element, e.Name()); ok || element == e.Name() {
			names = append(names, e.Name())
		}
	}
	return names, cause(err)
}

// tree copies one chosen file or folder.
func (r *copying) tree(ctx context.Context, local, name string) error {
	return filepath.WalkDir(local, func(at string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		below, _ := filepath.Rel(local, at) // WalkDir gives nothing else
		to := path.Join(name, filepath.ToSlash(below))
		if err == nil {
			err = r.one(at, to, d)
		}
		if err != nil {
			return fmt.Errorf("copying %s out of the image: %w", "/"+strings.TrimPrefix(strings.TrimPrefix(at, r.Root), "/"), err)
		}
		return nil
	})
}

// one copies one file, folder or link.
func (r *copying) one(at, to string, d fs.DirEntry) error {
	info, err := d.Info()
	if err != nil {
		return cause(err)
	}
	if first, taken := r.from[to]; taken && !info.IsDir() {
		return fmt.Errorf("%s is made of %s already", to, strings.TrimPrefix(first, r.Root))
	}
	r.from[to] = at
	switch {
	case info.IsDir():
		return r.folder(to, info.Mode().Perm())
	case info.Mode().IsRegular():
		return r.keep(to, func() (bool, error) { return r.sameFile(at, to, info) }, func() error { return r.file(at, to, info.Mode().Perm()) })
	case info.Mode()&fs.ModeSymlink != 0:
		target, err := os.Readlink(at)
		if err != nil {
			return cause(err)
		}
		return r.keep(to, func() (bool, error) { return r.sameLink(target, to) }, func() error { return r.link(target, to) })
	default:
		r.done.LeftOut = append(r.done.LeftOut, to)
		return nil
	}
}

// keep notes a file or link and makes it when it is not the same.
func (r *copying) keep(to string, same func() (bool, error), write func() error) error {
	r.done.Files = append(r.done.Files, to)
	ok := false
	var err error
	if r.dest != nil {
		ok, err = same()
	}
	if err != nil || ok {
		return err
	}
	r.done.Changed = append(r.done.Changed, to)
	if r.Check {
		return nil
	}
	return write()
}

// cause takes this machine's paths out of an error.
func cause(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}
