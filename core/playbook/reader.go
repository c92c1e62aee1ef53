package playbook

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A reader is one playbook being read, with all that it imports.
type reader struct {
	options Options
	files   []string // under way, the outermost first
	parts   int      // plays, roles and tasks so far
	play    *playReader
	picked  []document.Node // builders
	found   diag.List
}

// A place is where tasks stand: what they inherit, and what is around them.
type place struct {
	keywords Keywords // of all that is around; Role and Dir as well
	handlers bool     // below handlers
	items    []string // names that the loops around give to their items
	looped   bool     // inside a block with a loop
}

func (r *reader) add(ds ...diag.Diagnostic) { r.found.Add(ds...) }

// Bounds of what a playbook comes to: a file that imports another one twice,
// which imports a third one twice, and so on, is soon beyond all bounds.
const (
	maxParts = 10_000 // plays, roles and tasks
	maxDepth = 100    // files that import each other
)

// grow reports whether the playbook may have so many parts more; that it may
// not is told once.
func (r *reader) grow(n document.Node, parts int) bool {
	before := r.parts
	r.parts += parts
	if before <= maxParts && r.parts > maxParts {
		r.add(diag.Errorf("too-large", n.Pos(), "the playbook comes to more than %d plays, roles and tasks here", maxParts).
			WithFix("loop over a block instead of importing its tasks again and again"))
	}
	return r.parts <= maxParts
}

// enter puts a file on the pile of those under way, and refuses one that is
// there already: it imports itself.
func (r *reader) enter(file string, at diag.Pos) bool {
	if i := slices.Index(r.files, file); i >= 0 {
		r.add(diag.Errorf("import-loop", at, "files import each other: %s", strings.Join(append(slices.Clone(r.files[i:]), file), " -> ")).
			WithFix("take one of the imports out"))
		return false
	}
	if len(r.files) == maxDepth {
		r.add(diag.Errorf("too-deep", at, "files import each other more than %d deep", maxDepth))
		return false
	}
	r.files = append(r.files, file)
	return true
}

func (r *reader) leave() { r.files = r.files[:len(r.files)-1] }

// document reads a file that is named at a place. ok is false when that is
// told already.
func (r *reader) document(file string, named document.Node, what string) (n document.Node, ok bool) {
	src, err := r.options.read(file)
	if err != nil {
		r.add(missing(file, named, what, err))
		return n, false
	}
	n, ds := document.Parse(file, src)
	r.add(ds...)
	return n, ds.Err() == nil
}

// missing tells of a file that cannot be read, with the nearest of its folder.
func missing(file string, named document.Node, what string, err error) diag.Diagnostic {
	d := diag.Errorf("no-file", named.Pos(), "%s cannot be read: %s: %s", what, file, cause(err))
	if hint := diag.Suggest(filepath.Base(file), siblings(file)); hint != "" {
		return d.WithFix("%s", hint)
	}
	return d.WithFix("write the file, or name another one: names are relative to %s", filepath.Dir(file))
}

// exists reports whether a file can be read, or whether reading it fails for
// another reason than that it is not there.
func (r *reader) exists(file string) bool {
	_, err := r.options.read(file)
	return !errors.Is(err, fs.ErrNotExist)
}

// siblings are the names beside a file.
func siblings(file string) []string {
	entries, _ := os.ReadDir(filepath.Dir(file)) // none when there is no such folder
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// read reads a regular file: a pipe or a device might never end.
func (o Options) read(file string) ([]byte, error) {
	if o.Read != nil {
		return o.Read(file)
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, errors.New("it is a folder")
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a regular file")
	}
	return os.ReadFile(file)
}

// cause is what went wrong with a file, without its name: the place says that.
func cause(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err.Error()
	}
	return err.Error()
}

// fields decodes a mapping into structs whose keys together are all that it
// may have, beside those named in also.
func (r *reader) fields(n document.Node, what kind, also []string, into ...any) {
	known := slices.Clone(also)
	for _, v := range into {
		keys := document.Keys(v)
		known = append(known, keys...)
		keep := map[string]bool{}
		for _, key := range keys {
			keep[key] = true
		}
		r.add(document.Decode(document.Only(n, keep), v)...)
		if every, ok := v.(*anyKeywords); ok {
			r.pick(every.On)
		}
	}
	for _, e := range n.Entries() {
		_, action := r.options.Actions[e.Key.Text()]
		switch {
		case slices.Contains(known, e.Key.Text()):
		case action && what == aPlayKind:
			r.add(diag.Errorf("misplaced-key", e.Key.Pos(), "%s cannot say %q", what, e.Key.Text()).WithFix("put the task below tasks:, and say with images: for which it is"))
		default:
			r.add(unknownKey(e.Key, what, known))
		}
	}
}

// static refuses a name that holds a template: what is imported is known
// before any variable is.
func (r *reader) static(n document.Node, what string) bool {
	if n.Kind() != document.Scalar || n.Text() == "" {
		r.add(diag.Errorf("wrong-type", n.Pos(), "want %s, found %s", what, n.Describe()))
		return false
	}
	if isTemplate(n) {
		r.add(diag.Errorf("static-only", n.Pos(), "%s cannot hold a template, for it is read before there are variables: %q", what, n.Text()).
			WithFix("write it out"))
		return false
	}
	return true
}

func isTemplate(n document.Node) bool { return strings.Contains(n.Text(), "{{") }

// items returns the values of a list, and tells when n is none.
func (r *reader) items(n document.Node, what string) []document.Node {
	if !n.IsZero() && n.Kind() != document.Sequence {
		r.add(diag.Errorf("wrong-type", n.Pos(), "want a list of %s, found %s", what, n.Describe()).WithFix("begin each with a dash"))
	}
	return n.Items()
}

// inside returns where the tasks stand that inherit k: what is said of a task
// alone they do not.
func (p place) inside(k Keywords) place {
	k.Register, k.Loop, k.Retry, k.ChangedWhen, k.FailedWhen, k.Listen = "", nil, nil, nil, nil, nil
	p.keywords = k
	return p
}

// first is the place of the first of nodes that is there.
func first(nodes ...document.Node) diag.Pos {
	for _, n := range nodes {
		if !n.IsZero() {
			return n.Pos()
		}
	}
	panic(fmt.Sprintf("bug: none of %d values is there", len(nodes)))
}
