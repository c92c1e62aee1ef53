// Package config is how slipway is set up: one file, the environment and the
// command line, in this order, the later one winning setting by setting.
//
// The file is Ansible's rule with another name, the first found of
//
//  1. what $SLIPWAY_CONFIG names (it must be there then),
//  2. the nearest slipway.yml upward from the working directory, whose folder is
//     the project's root,
//  3. ~/.slipway.yml,
//  4. /etc/slipway/slipway.yml,
//
// and files are not merged: whoever reads one knows all of it. A slipway.yml in
// a folder that everybody may write to is passed over with a warning, because
// it names programs to run. A key that is no setting is an error.
//
// Every setting is one row of [Settings]; its variable is SLIPWAY_ and its name
// in capitals, with _ for a dot. Relative paths in the file start at its folder,
// those of the environment and of the command line at the working directory.
package config

import (
	"fmt"
	"slices"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Config is the value of every setting, and where each comes from. Make one
// with [Load].
type Config struct {
	File string // what was read; empty: there is none

	values   map[string]Value
	sections map[string]document.Node
}

// A Value is what a setting is set to.
type Value struct {
	Setting Setting
	Value   any // string, int, bool or []string, by Setting.Kind
	Origin  Origin
}

// An Origin says who set a setting. The zero Origin is the default.
type Origin struct {
	Pos      diag.Pos // in the file
	Variable string   // of the environment: "SLIPWAY_FORKS"
	Flag     string   // of the command line: "forks"
}

// IsDefault reports whether nobody has set the setting.
func (o Origin) IsDefault() bool { return o == Origin{} }

// String returns "default", a place, "$SLIPWAY_FORKS" or "--forks".
func (o Origin) String() string {
	switch {
	case o.Flag != "":
		return "--" + o.Flag
	case o.Variable != "":
		return "$" + o.Variable
	case o.Pos.IsValid():
		return o.Pos.String()
	default:
		return "default"
	}
}

// Values returns every setting in the order of [Settings].
func (c *Config) Values() []Value {
	var all []Value
	for _, s := range Settings() {
		all = append(all, c.values[s.Name])
	}
	return all
}

// Get returns a setting by its name.
func (c *Config) Get(name string) Value {
	v, ok := c.values[name]
	if !ok {
		panic(fmt.Sprintf("bug: there is no setting %q", name))
	}
	return v
}

func as[T any](c *Config, name string) T {
	value, ok := c.Get(name).Value.(T)
	if !ok {
		panic(fmt.Sprintf("bug: the setting %q is a %s", name, c.Get(name).Setting.Kind))
	}
	return value
}

// Text returns a setting that is text, or a path.
func (c *Config) Text(name string) string { return as[string](c, name) }

// Number returns a setting that is a number.
func (c *Config) Number(name string) int { return as[int](c, name) }

// Truth returns a setting that is true or false.
func (c *Config) Truth(name string) bool { return as[bool](c, name) }

// List returns a setting that is a list.
func (c *Config) List(name string) []string { return slices.Clone(as[[]string](c, name)) }

// Section returns a part of the file that is read elsewhere: see [Sections]. It
// is absent when the file does not have it.
func (c *Config) Section(name string) document.Node { return c.sections[name] }

// Flag has a flag of the command line set a setting. Words are what was given,
// one for each time. Which words a flag takes is the command's to say.
func (c *Config) Flag(name, flag string, words []string) diag.List {
	s := c.Get(name).Setting
	free := s
	free.Among = nil
	value, wrong := free.parse(words)
	if wrong != "" {
		return diag.List{s.mistake(diag.Pos{}, "--"+flag+" ", wrong)}
	}
	c.values[name] = Value{Setting: s, Value: value, Origin: Origin{Flag: flag}}
	return nil
}
