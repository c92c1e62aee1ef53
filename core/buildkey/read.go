package buildkey

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/moby/patternmatcher"
	"golang.org/x/sync/errgroup"

	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// Read finds what inputs select below workspace and hashes it, ordered by
// path, each path once. Inputs that are URLs are passed over.
//
// A symbolic link counts by its target. One that an input names, or passes
// through, is followed as a build that sees the workspace as its root would
// follow it, and what it leads to counts as well; one met inside a folder is
// not followed. An input that selects nothing is an [Absent] file under its
// own path. Times never count; modes count without group and other write.
//
// What the inputs have wrong, such as a path that leaves the workspace, is a
// [diag.List], complete; any other error is the file system's. memo may be nil.
func Read(ctx context.Context, workspace string, inputs []strategy.Input, memo *Memo) ([]File, error) {
	root, err := os.OpenRoot(workspace)
	if err != nil {
		return nil, fmt.Errorf("opening workspace: %w", err)
	}
	defer root.Close()
	r := &reader{root: root, found: map[string]File{}}
	if err := r.all(ctx, inputs); err != nil {
		return nil, err
	}
	if err := r.hash(ctx, memo); err != nil {
		return nil, err
	}
	return sortedFiles(r.found), nil
}

// sortedFiles orders files by path.
func sortedFiles(found map[string]File) []File {
	return slices.SortedFunc(maps.Values(found), func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
}

// maxLinks is how many links in a row are followed, as the kernel has it.
const maxLinks = 40

// A reader collects files; their contents are hashed in the end.
type reader struct {
	root   *os.Root
	newest time.Time // change of anything that was looked at
	found  map[string]File
	hashes []string // found regular files
}

// A selection is one input while it is carried out.
type selection struct {
	*reader
	exclude *patternmatcher.PatternMatcher
	matched bool
	links   int
}

// all finds what inputs select; their mistakes are told together.
func (r *reader) all(ctx context.Context, inputs []strategy.Input) error {
	var mistakes diag.List
	for _, in := range inputs {
		if in.URL != "" {
			continue
		}
		bad, err := r.input(ctx, in)
		if err != nil {
			return fmt.Errorf("reading input %q: %w", in.Path, err)
		}
		mistakes.Add(bad...)
	}
	return mistakes.Err()
}

func (r *reader) input(ctx context.Context, in strategy.Input) (diag.List, error) {
	exclude, err := patternmatcher.New(in.Exclude)
	if err != nil {
		return diag.List{diag.Errorf("bad-exclude", diag.Pos{}, "input %q excludes with a malformed pattern: %v", in.Path, err)}, nil
	}
	if d, ok := badPath(in.Path); !ok {
		return diag.List{d}, nil
	}
	s := &selection{reader: r, exclude: exclude}
	if err := s.expand(ctx, ".", patterns(in.Path)); err != nil {
		return nil, err
	}
	if !s.matched {
		s.record(File{Path: in.Path, Mode: Absent})
	}
	return nil, nil
}

func badPath(p string) (diag.Diagnostic, bool) {
	if path.IsAbs(p) || slices.Contains(strings.Split(p, "/"), "..") {
		return diag.Errorf("input-outside", diag.Pos{}, "input %q leaves the workspace", p).
			WithFix("name a path below the workspace"), false
	}
	if _, err := path.Match(p, ""); err != nil || p == "" {
		return diag.Errorf("bad-input", diag.Pos{}, "input %q is no path and no pattern", p).
			WithFix("use the wildcards *, ? and [] of path.Match, closed"), false
	}
	return diag.Diagnostic{}, true
}

// An element is one part of a path: a name, or a pattern of names.
type element struct {
	text    string
	pattern bool
}

// patterns takes an input's path apart, names what a link leads to.
func patterns(p string) []element {
	return elements(p, func(s string) bool { return strings.ContainsAny(s, `*?[\`) })
}

func names(p string) []element { return elements(p, func(string) bool { return false }) }

func elements(p string, pattern func(string) bool) []element {
	var out []element
	for e := range strings.SplitSeq(path.Clean("/"+p), "/") {
		if e != "" {
			out = append(out, element{e, pattern(e)})
		}
	}
	return out
}

// expand goes down from dir, which is no link, along elements.
func (s *selection) expand(ctx context.Context, dir string, elements []element) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	if len(elements) == 0 {
		s.matched = true
		return s.take(ctx, dir)
	}
	names, err := s.list(dir, elements[0])
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := s.step(ctx, path.Join(dir, name), elements[1:]); err != nil {
			return err
		}
	}
	return nil
}

// list returns the names that an element means in dir: none when dir is not a
// folder; a name that is no pattern whether it exists or not.
func (s *selection) list(dir string, e element) ([]string, error) {
	if info, err := s.lstat(dir); err != nil || !info.IsDir() {
		return nil, ignoreAbsent(err)
	}
	if !e.pattern {
		return []string{e.text}, nil
	}
	entries, err := fs.ReadDir(s.root.FS(), dir)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, entry := range entries {
		if ok, _ := path.Match(e.text, entry.Name()); ok { // the pattern was checked
			out = append(out, entry.Name())
		}
	}
	return out, nil
}

// step goes on from at, which may not exist, and through it if it is a link.
func (s *selection) step(ctx context.Context, at string, rest []element) error {
	info, err := s.lstat(at)
	if err != nil {
		return ignoreAbsent(err)
	}
	if info.Mode()&fs.ModeSymlink == 0 {
		return s.expand(ctx, at, rest)
	}
	s.matched = true
	if excluded, err := s.excluded(at); err != nil || excluded {
		return err
	}
	target, err := s.link(at)
	if err != nil {
		return err
	}
	return s.follow(ctx, at, target, rest)
}

// follow goes where a link leads, with the workspace as its root, and on from
// there. That it leads nowhere counts, for it may lead somewhere tomorrow.
func (s *selection) follow(ctx context.Context, at, target string, rest []element) error {
	if s.links == maxLinks {
		return nil // a loop: what it consists of is recorded
	}
	if !path.IsAbs(target) {
		target = path.Join("/", path.Dir(at), target)
	}
	there := &selection{reader: s.reader, exclude: s.exclude, links: s.links + 1}
	whole := slices.Concat(names(target), rest)
	if err := there.expand(ctx, ".", whole); err != nil {
		return err
	}
	if !there.matched {
		s.record(File{Path: joined(whole), Mode: Absent})
	}
	return nil
}

func joined(elements []element) string {
	texts := make([]string, len(elements))
	for i, e := range elements {
		texts[i] = e.text
	}
	return path.Join(texts...)
}

// take records what is at p, which is no link, and all below it.
func (s *selection) take(ctx context.Context, p string) error {
	info, err := s.lstat(p)
	if err != nil {
		return err
	}
	excluded, err := s.excluded(p)
	if err != nil {
		return err
	}
	if excluded && (!info.IsDir() || !s.exclude.Exclusions()) {
		return nil
	}
	if !excluded && p != "." {
		if err := s.add(p, info); err != nil {
			return err
		}
	}
	if !info.IsDir() {
		return nil
	}
	return s.below(ctx, p)
}

func (s *selection) below(ctx context.Context, dir string) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	entries, err := fs.ReadDir(s.root.FS(), dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := s.take(ctx, path.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

func (s *selection) excluded(p string) (bool, error) {
	if p == "." {
		return false, nil
	}
	return s.exclude.MatchesOrParentMatches(p)
}

func ignoreAbsent(err error) error {
	if os.IsNotExist(err) {
		return nil
	}
	return err
}

// hash hashes the contents of all files found, several at a time.
func (r *reader) hash(ctx context.Context, memo *Memo) error {
	digests, lines := make([]string, len(r.hashes)), make([]int, len(r.hashes))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(hashers)
	for i, p := range r.hashes {
		g.Go(func() (err error) {
			digests[i], lines[i], err = memo.digest(ctx, r.root, p)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, p := range r.hashes {
		f := r.found[p]
		f.Digest, f.Lines = digests[i], lines[i]
		r.found[p] = f
	}
	return nil
}
