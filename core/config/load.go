package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Options say where to look.
type Options struct {
	Dir     string   // the working directory, absolute
	Environ []string // "KEY=VALUE"; of a key that is there twice the last counts
	System  string   // the machine's file; empty: /etc/slipway/slipway.yml
}

func (o Options) getenv(name string) (string, bool) {
	for _, e := range slices.Backward(o.Environ) {
		if value, ok := strings.CutPrefix(e, name+"="); ok {
			return value, true
		}
	}
	return "", false
}

// Load reads the file and the environment. All mistakes are told; warnings are
// among them.
func Load(o Options) (*Config, diag.List) {
	if o.System == "" {
		o.System = system
	}
	c := &Config{values: map[string]Value{}, sections: map[string]document.Node{}}
	for _, s := range Settings() {
		c.values[s.Name] = Value{Setting: s, Value: s.initial()}
	}
	file, found := o.find()
	if file != "" {
		c.File = file
		found.Add(c.readFile()...)
	}
	found.Add(c.readEnvironment(o)...)
	return c, found
}

func (c *Config) readFile() diag.List {
	src, err := os.ReadFile(c.File)
	if err != nil {
		return diag.List{diag.Errorf("no-config", diag.Pos{File: c.File}, "the configuration cannot be read: %s", cause(err)).
			WithFix("write the file, or take SLIPWAY_CONFIG out of the environment")}
	}
	root, found := document.Parse(c.File, src)
	if found.Err() != nil || root.IsZero() {
		return found
	}
	found.Add(c.mapping(root, "")...)
	return found
}

// cause is what went wrong with a file, without its name.
func cause(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err.Error()
	}
	return err.Error()
}

// mapping reads the keys of a mapping of the file; before is what comes before
// their names, with its dot.
func (c *Config) mapping(n document.Node, before string) diag.List {
	if n.IsZero() {
		return nil
	}
	if n.Kind() != document.Mapping {
		return diag.List{diag.Errorf("wrong-type", n.Pos(), "want a mapping, found %s", n.Describe())}
	}
	var found diag.List
	known := keys(before)
	for _, e := range n.Entries() {
		name := before + e.Key.Text()
		v, ok := c.values[name]
		switch {
		case ok:
			found.Add(c.take(v.Setting, e)...)
		case before == "" && slices.Contains(Sections(), name):
			c.sections[name] = e.Value
		case slices.Contains(known, e.Key.Text()):
			found.Add(c.mapping(e.Value, name+".")...)
		default:
			found.Add(document.UnknownKey(e.Key, known))
		}
	}
	return found
}

// keys returns the keys that a mapping may have.
func keys(before string) []string {
	var known []string
	for _, s := range Settings() {
		if rest, ok := strings.CutPrefix(s.Name, before); ok {
			first, _, _ := strings.Cut(rest, ".")
			known = append(known, first)
		}
	}
	if before == "" {
		known = append(known, Sections()...)
	}
	slices.Sort(known)
	return slices.Compact(known)
}

// take reads one setting of the file.
func (c *Config) take(s Setting, e document.Entry) diag.List {
	if e.Value.IsZero() {
		return nil
	}
	words, ok := s.words(e.Value)
	if !ok {
		return diag.List{s.mistake(e.Value.Pos(), s.Name+" ", "wants "+wanted(s.Kind)+", found "+e.Value.Describe())}
	}
	value, wrong := s.parse(words)
	if wrong != "" {
		return diag.List{s.mistake(e.Value.Pos(), s.Name+" ", wrong)}
	}
	c.values[s.Name] = Value{Setting: s, Value: c.fromHere(s.Kind, value), Origin: Origin{Pos: e.Value.Pos()}}
	return nil
}

// words is a scalar, or a list of scalars where several may be.
func (s Setting) words(n document.Node) ([]string, bool) {
	if n.Kind() == document.Scalar {
		return s.split(n.Text()), true
	}
	if n.Kind() != document.Sequence || s.Kind != List && s.Kind != Paths {
		return nil, false
	}
	var words []string
	for _, w := range n.Items() {
		if w.Kind() != document.Scalar {
			return nil, false
		}
		words = append(words, w.Text())
	}
	return words, true
}

func wanted(k Kind) string {
	switch k {
	case Number:
		return "a whole number"
	case Truth:
		return "true or false"
	case List, Paths:
		return "a list of words"
	default:
		return "a word"
	}
}

// fromHere makes relative paths start at the folder of the file.
func (c *Config) fromHere(k Kind, value any) any {
	dir := filepath.Dir(c.File)
	from := func(path string) string {
		if path == "" || filepath.IsAbs(path) {
			return path
		}
		return filepath.Join(dir, path)
	}
	switch v := value.(type) {
	case string:
		if k == Path {
			return from(v)
		}
	case []string:
		if k == Paths {
			for i := range v {
				v[i] = from(v[i])
			}
		}
	}
	return value
}

// readEnvironment takes the settings that have a variable. An empty variable
// says nothing.
func (c *Config) readEnvironment(o Options) diag.List {
	var found diag.List
	known := []string{prefix + "CONFIG", prefix + "ACTOR"}
	for _, s := range Settings() {
		known = append(known, s.Variable())
		text, ok := o.getenv(s.Variable())
		if !ok || text == "" {
			continue
		}
		value, wrong := s.parse(s.split(text))
		if wrong != "" {
			found.Add(s.mistake(diag.Pos{}, s.Variable()+" ", wrong))
			continue
		}
		c.values[s.Name] = Value{Setting: s, Value: value, Origin: Origin{Variable: s.Variable()}}
	}
	found.Add(mistyped(o.Environ, known)...)
	return found
}

// mistyped warns of variables that are nearly one of ours. Others are left
// alone: plugins and playbooks may have variables of their own.
func mistyped(environ, known []string) diag.List {
	var found diag.List
	for _, e := range environ {
		name, _, _ := strings.Cut(e, "=")
		if !strings.HasPrefix(name, prefix) || slices.Contains(known, name) {
			continue
		}
		if hint := diag.Suggest(name, known); hint != "" {
			found.Add(diag.Warningf("unknown-variable", diag.Pos{}, "nothing is set by $%s", name).WithFix("%s", hint))
		}
	}
	return found
}
