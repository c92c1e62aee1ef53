package source

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"github.com/slipway-build/slipway/sdk/diag"
)

// A merging puts strata together: each is moved over those before it.
type merging struct {
	tmp       string
	root      *os.Root // tmp
	strata    []stratum
	owners    map[string]int
	conflicts diag.List
}

// join moves what a stratum has at a path, below the folder in, to where it
// belongs. What is not there yet is moved as it is, folders with all they hold.
func (m *merging) join(i int, in, at string) error {
	from, to := path.Join(in, at), path.Join(whole, at)
	incoming, err := m.root.Lstat(from)
	if err != nil {
		return err
	}
	there, err := m.root.Lstat(to)
	if errors.Is(err, fs.ErrNotExist) {
		m.owners[at] = i
		return m.root.Rename(from, to)
	}
	if err != nil {
		return err
	}
	if incoming.IsDir() && there.IsDir() {
		return m.folder(i, in, at)
	}
	same, err := m.same(from, to, incoming, there)
	if err != nil || same {
		return err
	}
	if !m.strata[i].Replace {
		m.conflict(i, at)
		return nil
	}
	if err := m.root.RemoveAll(to); err != nil {
		return err
	}
	m.disown(at)
	m.owners[at] = i
	return m.root.Rename(from, to)
}

// folder joins what is in a folder.
func (m *merging) folder(i int, in, at string) error {
	entries, err := fs.ReadDir(m.root.FS(), path.Join(in, at))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := m.join(i, in, path.Join(at, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// same reports whether two entries are one and the same to a build.
func (m *merging) same(a, b string, x, y fs.FileInfo) (bool, error) {
	switch {
	case x.Mode() != y.Mode():
		return false, nil
	case x.Mode()&fs.ModeSymlink != 0:
		to, err := m.root.Readlink(a)
		other, err2 := m.root.Readlink(b)
		return to == other, errors.Join(err, err2)
	case x.Size() != y.Size():
		return false, nil
	}
	f, err := m.root.Open(a)
	if err != nil {
		return false, err
	}
	defer f.Close()
	g, err := m.root.Open(b)
	if err != nil {
		return false, err
	}
	defer g.Close()
	return sameContent(f, g)
}

// conflict tells of a path that two strata have, each another one.
func (m *merging) conflict(i int, at string) {
	s, before := m.strata[i], m.strata[owner(m.owners, at)]
	m.conflicts.Add(diag.Errorf("source-conflict", s.Pos, "%s comes from %s and, in another form, from %s", at, m.called(before), m.called(s)).
		WithFix("leave it out of one, lay one into a folder of its own with to:, or have the later one win: replace: true"))
}

// called is a stratum for people; the first one has no place in image.yml.
func (m *merging) called(s stratum) string {
	if s.Dir == "" && s.Kind == Directory {
		return "the image's own folder"
	}
	return fmt.Sprintf("%s (%s)", s.Name(), s.Pos)
}

// owner is the stratum that laid a path.
func owner(owners map[string]int, at string) int {
	for {
		if i, ok := owners[at]; ok || at == "." {
			return i
		}
		at = path.Dir(at)
	}
}

// disown forgets who laid what was below a path.
func (m *merging) disown(at string) {
	for p := range m.owners {
		if len(p) > len(at) && p[:len(at)+1] == at+"/" {
			delete(m.owners, p)
		}
	}
}
