package inventory

import (
	"fmt"
	"path"
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
	chosen := s.start()
	for _, t := range p.terms {
		if t.mode == '&' {
			keep := s.images(t)
			chosen = slices.DeleteFunc(chosen, func(name string) bool { return !slices.Contains(keep, name) })
		}
	}
	for _, t := range p.terms {
		if t.mode == '!' {
			drop := s.images(t)
			chosen = slices.DeleteFunc(chosen, func(name string) bool { return slices.Contains(drop, name) })
		}
	}
	images := make([]*Image, len(chosen))
	for i, name := range chosen {
		images[i] = inv.Image(name)
	}
	if s.found != nil {
		return nil, s.found
	}
	return images, nil
}

// A selection is one Select under way.
type selection struct {
	inv        *Inventory
	family     Relatives
	computed   map[string][]string
	pattern    Pattern
	allowEmpty bool
	found      diag.List
}

// start is the union of the plain terms, or everything.
func (s *selection) start() []string {
	var chosen []string
	plain := false
	for _, t := range s.pattern.terms {
		if t.mode != 0 {
			continue
		}
		plain = true
		for _, name := range s.images(t) {
			if !slices.Contains(chosen, name) {
				chosen = append(chosen, name)
			}
		}
	}
	if !plain {
		return s.inv.Names()
	}
	return chosen
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
	var out []string
	for _, name := range names {
		if t.up != 0 {
			out = append(out, s.family.Ancestors(name, t.up)...)
		}
		out = append(out, name)
		if t.down != 0 {
			out = append(out, s.family.Descendants(name, t.down)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// match returns the images that a term's name means. A group wins over an
// image of its name. known says that the term may be empty.
func (s *selection) match(t term) (names []string, known bool) {
	if t.regexp != nil {
		return s.filter(t.regexp.MatchString), false
	}
	if t.name == "*" {
		return s.inv.Names(), true
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
	for _, name := range s.inv.Names() {
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
		s.found.Add(diag.Errorf("out-of-range", s.pattern.place(t), "%s is out of range: %s has %d images", t.text, t.name, len(names)))
		return nil
	}
	return names[from : to+1]
}

func (s *selection) unmatched(t term) diag.Diagnostic {
	d := diag.Errorf("no-match", s.pattern.place(t), "nothing matches %q", t.text)
	known := slices.Concat(s.inv.Groups(), s.inv.Names(), ComputedGroups())
	if hint := diag.Suggest(t.name, known); hint != "" {
		return d.WithFix("%s", hint)
	}
	return d.WithFix("there are the images %s and the groups %s", list(s.inv.Names()), list(s.inv.Groups()))
}

// list names at most ten.
func list(names []string) string {
	if len(names) > 10 {
		return strings.Join(names[:10], ", ") + fmt.Sprintf(" and %d more", len(names)-10)
	}
	return strings.Join(names, ", ")
}
