package dockerfile

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/moby/patternmatcher"

	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// Inputs are the files that go into a build.
type Inputs struct {
	Inputs   []strategy.Input // sorted by path, each once
	Volatile string           // why the build may never be reused; empty: it may
}

// Inputs answers what the build can select from its context, a folder of the
// workspace, and reports sources that are not there. The Dockerfile and the
// ignore file are not among them.
func (b *Build) Inputs(workspace fs.FS, context string, ignore Ignore) (Inputs, diag.List, error) {
	matcher, err := patternmatcher.New(ignore.Patterns)
	if err != nil {
		return Inputs{}, diag.List{diag.Errorf("ignore-syntax", diag.Pos{File: ignore.Path}, "%v", err)}, nil
	}
	c := collector{workspace: workspace, context: context, ignore: ignore, matcher: matcher, later: b.later}
	for _, s := range b.sources {
		if err := c.add(s); err != nil {
			return Inputs{}, nil, err
		}
	}
	slices.SortStableFunc(c.out.Inputs, func(a, b strategy.Input) int {
		return strings.Compare(a.Path+"\x00"+a.URL, b.Path+"\x00"+b.URL)
	})
	c.out.Inputs = slices.CompactFunc(c.out.Inputs, func(a, b strategy.Input) bool {
		return a.Path == b.Path && a.URL == b.URL && slices.Equal(a.Exclude, b.Exclude)
	})
	return c.out, c.problems, nil
}

// A collector turns sources into inputs.
type collector struct {
	workspace fs.FS
	context   string
	ignore    Ignore
	matcher   *patternmatcher.PatternMatcher
	later     []string
	out       Inputs
	problems  diag.List
}

func (c *collector) add(s source) error {
	c.out.Volatile = firstOf(c.out.Volatile, s.volatile)
	switch {
	case s.remote:
	case s.url != "":
		c.out.Inputs = append(c.out.Inputs, strategy.Input{URL: s.url})
	case s.open:
		c.take(".", s)
	default:
		return c.find(s)
	}
	return nil
}

// take adds one path below the context.
func (c *collector) take(p string, s source) {
	in := strategy.Input{Path: path.Join(c.context, p)}
	if s.ignore {
		in.Exclude = c.ignore.rebased(c.context, s.exclude...)
	}
	c.out.Inputs = append(c.out.Inputs, in)
}

// find adds a source, and what its links stand for: buildah copies the
// file that a link names, where the host counts the link.
func (c *collector) find(s source) error {
	c.take(s.path, s)
	found, err := glob(c.workspace, c.context, s.path)
	if err != nil {
		c.problems.Add(diag.Errorf("bad-source", s.pos, "%s %s: %v", s.verb, s.written, err))
		return nil
	}
	if len(found) == 0 && strategy.MayCome(c.later, path.Join(c.context, s.path)) {
		return nil
	}
	if len(found) == 0 {
		return c.missing(s)
	}
	seen := 0
	for _, p := range found {
		if ok, err := c.visible(p, s); err != nil {
			return err
		} else if ok {
			seen++
		}
		for _, target := range linkTargets(c.workspace, c.context, p) {
			c.take(target, s)
		}
	}
	if seen == 0 {
		c.problems.Add(diag.Errorf("ignored-source", s.pos, "%s %s: excluded by %s", s.verb, s.written, c.ignore.Path).
			WithFix("add the line !%s to %s", s.path, c.ignore.Path))
	}
	return nil
}

// visible reports whether the ignore file lets p, or something below it, in.
func (c *collector) visible(p string, s source) (bool, error) {
	if !s.ignore || p == "." {
		return true, nil
	}
	hidden, err := c.matcher.MatchesOrParentMatches(p)
	if err != nil || !hidden || !c.matcher.Exclusions() {
		return !hidden, err
	}
	info, err := fs.Stat(c.workspace, path.Join(c.context, p))
	return err == nil && info.IsDir(), nil
}

// missing reports a source that selects nothing, with the nearest name. Git
// keeps no empty folders, but for submodules that were not checked out.
func (c *collector) missing(s source) error {
	d := diag.Errorf("missing-source", s.pos, "%s %s: no such file in the build context", s.verb, s.written)
	d.Fix = "put it there, or take the line out"
	dir := path.Dir(s.path)
	if entries, err := fs.ReadDir(c.workspace, path.Join(c.context, dir)); err == nil {
		if len(entries) == 0 {
			d.Fix = "the folder " + dir + " is empty; if it is a submodule, say git submodule update --init"
		}
		var names []string
		for _, e := range entries {
			names = append(names, path.Join(dir, e.Name()))
		}
		d.Fix = firstOf(diag.Suggest(s.path, names), d.Fix)
	}
	c.problems.Add(d)
	return nil
}
