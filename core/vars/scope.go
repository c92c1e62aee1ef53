// Package vars finds which definition of a variable wins, and expands
// templates.
//
// The more specific definition wins: the [Level]s say what is more specific,
// and within a level the definition that was added later. It replaces the
// others, but for the variables that are [Merged] key by key. Templates are Go's
// text/template with the functions of sprig, under rules that make them feel
// like Ansible's: see [Data].
package vars

import (
	"maps"
	"slices"

	"github.com/slipway-build/slipway/core/document"
)

// A Level is how specific a definition is; the highest wins.
type Level int

// The levels, from the least specific.
const (
	Builtin    Level = iota + 1 // what slipway itself defines
	RoleVars                    // defaults of a role
	All                         // the group all
	Group                       // other groups, shallow before deep
	Image                       // the image itself
	Fact                        // found out about the image
	Play                        // vars of a play
	File                        // vars_files of a play
	Block                       // vars of a block
	Task                        // vars of a task
	Registered                  // results of tasks
	Extra                       // -e on the command line
)

// String names a level as the documentation does.
func (l Level) String() string {
	names := [...]string{
		"", "built in", "role default", "group all", "group", "image", "fact", "play vars",
		"vars file", "block vars", "task vars", "registered", "extra vars",
	}
	if l <= 0 || int(l) >= len(names) {
		return "unknown"
	}
	return names[l]
}

// A Definition is one place that gives a variable a value.
type Definition struct {
	Name   string
	Value  document.Node // knows its place
	Level  Level
	Source string // the group or image it is for; "" when that says nothing
}

// A Scope is every definition of every variable as one image sees them. The
// zero Scope is empty.
type Scope struct {
	definitions map[string][]Definition // lowest first
}

// Define adds a definition: above those of lower levels and above earlier ones
// of its own.
func (s *Scope) Define(d Definition) {
	if s.definitions == nil {
		s.definitions = map[string][]Definition{}
	}
	all := s.definitions[d.Name]
	at := len(all)
	for at > 0 && all[at-1].Level > d.Level {
		at--
	}
	s.definitions[d.Name] = slices.Insert(slices.Clone(all), at, d)
}

// DefineAll defines every entry of a mapping.
func (s *Scope) DefineAll(mapping document.Node, level Level, source string) {
	for _, e := range mapping.Entries() {
		s.Define(Definition{Name: e.Key.Text(), Value: e.Value, Level: level, Source: source})
	}
}

// Definitions returns every definition of a variable, the winner last.
func (s *Scope) Definitions(name string) []Definition { return slices.Clone(s.definitions[name]) }

// Winner returns the definition that counts.
func (s *Scope) Winner(name string) (Definition, bool) {
	all := s.definitions[name]
	if len(all) == 0 {
		return Definition{}, false
	}
	return all[len(all)-1], true
}

// Merged reports whether the definitions of a variable are put together key by
// key, a more specific one winning each key: what images and containers are
// given by name.
func Merged(name string) bool { return name == "args" || name == "env" || name == "labels" }

// Value returns what a variable is before templates are expanded: its winner,
// or for one that is merged the mapping of all its definitions. It is absent
// when the variable is not defined.
func (s *Scope) Value(name string) document.Node {
	all := s.definitions[name]
	if len(all) == 0 {
		return document.Node{}
	}
	value := all[len(all)-1].Value
	if Merged(name) {
		for _, below := range slices.Backward(all[:len(all)-1]) {
			value = document.Overlay(value, below.Value)
		}
	}
	return value
}

// Names returns every variable that is defined, sorted.
func (s *Scope) Names() []string { return slices.Sorted(maps.Keys(s.definitions)) }

// Clone returns a scope to which more can be added without changing s.
func (s *Scope) Clone() *Scope { return &Scope{definitions: maps.Clone(s.definitions)} }
