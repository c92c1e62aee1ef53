package inventory

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/sdk/diag"
)

// Relatives knows what images are made from. A negative depth means all
// levels.
type Relatives interface {
	Ancestors(image string, depth int) []string
	Descendants(image string, depth int) []string
}

// Select returns the images that a pattern chooses. computed holds the groups
// that a run works out, which may be empty; any other term that matches nothing
// is an error with the nearest names, unless allowEmpty is set.
func (inv *Inventory) Select(p Pattern, family Relatives, computed map[string][]string, allowEmpty bool) ([]*Image, diag.List) {
	s := selection{inv: inv, family: family, computed: computed, pattern: p, allowEmpty: allowEmpty}
	chosen := s.choose()
	if s.found != nil {
		return nil, s.found
	}
	images := make([]*Image, len(chosen))
	for i, name := range chosen {
		images[i] = inv.Image(name)
	}
	return images, nil
}

// choose evaluates the pattern.
func (s *selection) choose() []string {
	chosen := s.start()
	for _, t := range s.pattern.terms {
		if t.mode == '&' {
			keep := setOf(s.images(t))
			chosen = slices.DeleteFunc(chosen, func(name string) bool { return !keep[name] })
		}
	}
	for _, t := range s.pattern.terms {
		if t.mode == '!' {
			drop := setOf(s.images(t))
			chosen = slices.DeleteFunc(chosen, func(name string) bool { return drop[name] })
		}
	}
	return chosen
}

func setOf(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}

// A selection is one Select under way.
type selection struct {
	inv        *Inventory
	family     Relatives
	computed   map[string][]string
	pattern    Pattern
	allowEmpty bool
	open       []string // files of patterns being read
	found      diag.List
}

// start is the union of the plain terms, or everything.
func (s *selection) start() []string {
	var chosen []string
	have := map[string]bool{}
	plain := false
	for _, t := range s.pattern.terms {
		if t.mode != 0 {
			continue
		}
		plain = true
		for _, name := range s.images(t) {
			if !have[name] {
				have[name] = true
				chosen = append(chosen, name)
			}
		}
	}
	if !plain {
		return s.all()
	}
	return chosen
}

// all returns the images that "all" stands for.
func (s *selection) all() []string {
	all, _ := s.inv.Group("all")
	return all
}

// images returns what a term names.
func (s *selection) images(t term) []string {
	names, known := s.match(t)
	if len(names) == 0 && !known && !s.allowEmpty {
		s.found.Add(s.unmatched(t))
		return nil
	}
	if t.sliced {
		names = s.slice(t, names)
	}
	out := slices.Clone(names)
	if t.up != 0 {
		out = append(out, relatives(names, t.up, s.family.Ancestors)...)
	}
	if t.down != 0 {
		out = append(out, relatives(names, t.down, s.family.Descendants)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// relatives returns what reach finds for all of names. When it goes all the
// way, a name that was found already has nothing to add.
func relatives(names []string, depth int, reach func(string, int) []string) []string {
	var out []string
	found := map[string]bool{}
	for _, name := range names {
		if found[name] && depth < 0 {
			continue
		}
		for _, relative := range reach(name, depth) {
			if !found[relative] {
				found[relative] = true
				out = append(out, relative)
			}
		}
	}
	return out
}

// match returns the images that a term's name means. A group wins over an
// image of its name. known says that the term may be empty.
func (s *selection) match(t term) (names []string, known bool) {
	if t.regexp != nil {
		return s.filter(t.regexp.MatchString), false
	}
	if t.name == "*" {
		return s.all(), true
	}
	if t.source != "" {
		return s.inv.from(t.source), false
	}
	if t.file != "" {
		return s.listed(t)
	}
	if slices.Contains(ComputedGroups(), t.name) {
		return slices.Sorted(slices.Values(s.computed[t.name])), true
	}
	if members, ok := s.inv.Group(t.name); ok {
		return members, true
	}
	if !strings.ContainsAny(t.name, "*?[") {
		return s.filter(func(name string) bool { return name == t.name }), false
	}
	return s.filter(func(name string) bool {
		ok, _ := path.Match(t.name, name)
		return ok
	}), false
}

// filter returns the images whose own name, or whose group's name, satisfies
// ok. "all" is meant only where it is written.
func (s *selection) filter(ok func(string) bool) []string {
	var out []string
	for _, g := range s.inv.Groups() {
		if g != "all" && ok(g) {
			members, _ := s.inv.Group(g)
			out = append(out, members...)
		}
	}
	for _, name := range s.inv.names {
		if ok(name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// slice applies a subscript; negative ones count from the end.
func (s *selection) slice(t term, names []string) []string {
	from, to := t.from, t.to
	if from < 0 {
		from += len(names)
	}
	if to < 0 {
		to += len(names)
	}
	if t.end {
		to = len(names) - 1
	}
	if from < 0 || from >= len(names) || to < from || to >= len(names) {
		s.found.Add(diag.Errorf("out-of-range", s.pattern.of(t), "%s is out of range: %s has %s", t.text, t.name, count(len(names))))
		return nil
	}
	return names[from : to+1]
}

func count(images int) string {
	if images == 1 {
		return "1 image"
	}
	return fmt.Sprintf("%d images", images)
}

// listed returns what the patterns in a file choose. Its name is seen from the
// folder of the file it stands in, and on the command line from here.
func (s *selection) listed(t term) (names []string, known bool) {
	path := t.file
	if from := s.pattern.node.Pos().File; !filepath.IsAbs(path) && from != "" {
		path = filepath.Join(filepath.Dir(from), path)
	}
	if slices.Contains(s.open, path) {
		s.found.Add(diag.Errorf("bad-pattern", s.pattern.of(t), "files of patterns name each other: %s", strings.Join(append(s.open, path), " -> ")))
		return nil, true
	}
	text, err := s.inv.readFile(path)
	if err != nil {
		s.found.Add(diag.Errorf("unreadable", s.pattern.of(t), "the patterns cannot be read: %s: %s", path, cause(err)).WithFix("name a file with one pattern a line behind the @"))
		return nil, true
	}
	p, ds := parsePatterns(path, string(text))
	inner := selection{inv: s.inv, family: s.family, computed: s.computed, pattern: p, allowEmpty: s.allowEmpty, open: append(slices.Clone(s.open), path)}
	if ds == nil {
		names = inner.choose()
	}
	s.found.Add(append(ds, inner.found...)...)
	return names, true
}

func (s *selection) unmatched(t term) diag.Diagnostic {
	d := diag.Errorf("no-match", s.pattern.of(t), "nothing matches %q", t.text)
	if t.source != "" {
		return s.unknownSource(d, t)
	}
	if t.name == "localhost" || t.name == "127.0.0.1" {
		return d.WithFix("tasks run on this machine, for images: write all, and run_once: true for what is done once")
	}
	if words := strings.Fields(t.text); len(words) > 1 {
		return d.WithFix("terms are separated by commas: %s", strings.Join(words, ","))
	}
	known := slices.Concat(s.inv.Groups(), s.inv.names, ComputedGroups(), []string{ungrouped})
	if hint := diag.Suggest(t.name, known); hint != "" {
		return d.WithFix("%s", hint)
	}
	return d.WithFix("there are the images %s and the groups %s", list(s.inv.names), list(s.inv.Groups()))
}

func (s *selection) unknownSource(d diag.Diagnostic, t term) diag.Diagnostic {
	known := s.inv.sources()
	if hint := diag.Suggest(t.source, known); hint != "" {
		return d.WithFix("%s", hint)
	}
	if len(known) == 0 {
		return d.WithFix("say where an image comes from with source: URL in its image.yml, or the label %s", sourceLabel)
	}
	return d.WithFix("the images come from %s", list(known))
}

// list names at most ten.
func list(names []string) string {
	if len(names) > 10 {
		return strings.Join(names[:10], ", ") + fmt.Sprintf(" and %d more", len(names)-10)
	}
	return strings.Join(names, ", ")
}
