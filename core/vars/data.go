package vars

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Data is what templates see for one image: variables by name, and beside them
// roots such as .image that only slipway sets.
//
// A text that is one action, "{{ .platforms }}", keeps the type of its value; a
// text with more in it becomes text. An undefined name is an error with its
// place and the nearest name, except where it is asked about with default,
// ifUndefined, coalesce, empty or required. A variable may be made of other
// variables; it is expanded when it is needed. Templates get copies: none can
// change what another one sees.
type Data struct {
	Scope     *Scope
	Roots     map[string]any // image, images, groups, play, run, and registered names
	Now       time.Time      // what the clock says for the whole run
	Templates *Templates     // what was compiled already; nil: nothing is kept
	Late      *Late          // nil: there is none; its shape stands among the roots
	Secrets   Secrets        // nil where a template feeds a build: there are none

	// Open says that more is defined than is known here: the inventory could not
	// be loaded. An undefined name is no mistake then, unless Elsewhere has it.
	Open bool

	// Elsewhere holds names that mean something in other places only, and what
	// to tell of them: "item" → "it exists inside of a loop only".
	Elsewhere map[string]string
}

// templates returns where to compile.
func (d Data) templates() *Templates {
	if d.Templates == nil {
		return NewTemplates()
	}
	return d.Templates
}

// Expand returns n with its templates expanded, however deep they are.
func (d Data) Expand(n document.Node) (document.Node, diag.List) { return d.expand(n, nil) }

// Foresee returns n expanded, and whether that can be known before the run: its
// templates are sound and refer to nothing among later.
func (d Data) Foresee(n document.Node, later Later) (document.Node, bool) {
	known := true
	document.Walk(n, func(leaf document.Node) {
		if hasTemplate(leaf.Text()) {
			c, _ := d.templates().text(leaf)
			known = known && !slices.ContainsFunc(c.refs, func(r reference) bool { _, is := later[r.path[0]]; return is })
		}
	})
	if !known {
		return n, false
	}
	expanded, ds := d.Expand(n)
	return expanded, ds == nil
}

// Eval returns the value of a bare expression; true and false are one.
func (d Data) Eval(n document.Node) (any, diag.List) {
	if value, ok := n.Value().(bool); ok {
		return value, nil
	}
	c, ds := d.templates().expression(n)
	if ds != nil {
		return nil, ds
	}
	return d.run(c, n, nil)
}

// True decides a condition. A value that is neither true nor false is an
// error: "yes", 0 and "" are not read as one or the other.
func (d Data) True(n document.Node) (bool, diag.List) {
	value, ds := d.Eval(n)
	if ds != nil {
		return false, ds
	}
	truth, ok := value.(bool)
	if !ok {
		return false, diag.List{diag.Errorf("not-boolean", n.Pos(), "a condition must be true or false, and %s is %s", n.Text(), describe(value)).
			WithFix(`compare it: eq (%s) "…", or ask whether it is there: not (empty (%s))`, n.Text(), n.Text())}
	}
	return truth, nil
}

// List returns the items of a loop: those of a list as written, expanded, or
// the list that a bare expression comes to.
func (d Data) List(n document.Node) ([]any, diag.List) {
	if n.Kind() == document.Sequence {
		expanded, ds := d.Expand(n)
		items, _ := expanded.Value().([]any)
		return items, ds
	}
	value, ds := d.Eval(n)
	if ds != nil {
		return nil, ds
	}
	v := reflect.ValueOf(value)
	if k := v.Kind(); k != reflect.Slice && k != reflect.Array {
		return nil, diag.List{notAList(n, value)}
	}
	items := make([]any, v.Len())
	for i := range items {
		items[i] = v.Index(i).Interface()
	}
	return items, nil
}

func notAList(n document.Node, value any) diag.Diagnostic {
	d := diag.Errorf("not-a-list", n.Pos(), "a loop goes over a list, and %s is %s", n.Text(), describe(value))
	if reflect.ValueOf(value).Kind() == reflect.Map {
		return d.WithFix("go over its names: keys (%s) | sortAlpha; the value of one is index (%[1]s) .item", n.Text())
	}
	return d.WithFix("make a list of it: list (%s)", n.Text())
}

// describe names a value for a message: `the number 8080`.
func describe(value any) string { return document.Of(value, diag.Pos{}).Describe() }

// Value returns a variable, expanded.
func (d Data) Value(name string) (any, diag.List) {
	if !d.defined(name) {
		return nil, diag.List{diag.Errorf("undefined-variable", diag.Pos{}, "undefined variable .%s", name)}
	}
	return d.value(name, nil)
}

// expand expands n; through holds the variables being expanded.
func (d Data) expand(n document.Node, through chain) (document.Node, diag.List) {
	return document.Map(n, func(leaf document.Node) (document.Node, diag.List) {
		if !hasTemplate(leaf.Text()) {
			return leaf, nil
		}
		c, ds := d.templates().text(leaf)
		if ds != nil {
			return leaf, through.explain(ds)
		}
		value, ds := d.run(c, leaf, through)
		if ds != nil {
			return leaf, ds
		}
		return document.Of(value, leaf.Pos()), nil
	})
}

// run gathers what the template of n refers to and executes it.
func (d Data) run(c *compiled, n document.Node, through chain) (any, diag.List) {
	data, ds := d.gather(c, n, through)
	if ds != nil {
		return nil, ds
	}
	value, ds := d.execute(c, n, data)
	return value, through.explain(ds)
}

// gather returns the variables and roots that a template needs, and tells of
// every reference that leads nowhere.
func (d Data) gather(c *compiled, n document.Node, through chain) (map[string]any, diag.List) {
	data := map[string]any{}
	found := through.explain(append(d.checkSecrets(c, n), d.checkLate(c, n)...))
	asked, ds := d.ask(c, n)
	found.Add(through.explain(ds)...)
	need := func(name string, from, to int) {
		if _, have := data[name]; have || !d.defined(name) {
			return
		}
		value, ds := d.value(name, append(slices.Clip(through), use{name: name, at: c.place(n, from, to)}))
		found.Add(ds...)
		d.Late.complete(name, value, asked)
		data[name] = value
	}
	if c.whole {
		for _, name := range d.names() {
			need(name, c.shift, len(c.source))
		}
	}
	for _, ref := range c.refs {
		need(ref.path[0], ref.from, ref.to)
		if !ref.soft && found == nil {
			found.Add(through.explain(d.follow(c, n, ref, data[ref.path[0]]))...)
		}
	}
	return data, found
}

// value returns a root or a variable, expanded, as a copy. The last of through
// is its own use.
func (d Data) value(name string, through chain) (any, diag.List) {
	if value, ok := d.Roots[name]; ok {
		return clone(value), nil
	}
	if loop := through.loop(); loop != nil {
		return nil, diag.List{d.recursive(loop)}
	}
	n, ds := d.expand(d.Scope.Value(name), through)
	return n.Value(), ds
}

// recursive tells of variables that are made of themselves.
func (d Data) recursive(loop chain) diag.Diagnostic {
	first := loop[0].name
	return diag.Errorf("recursive-variable", d.Scope.Value(first).Pos(), "the variable %q is made of itself: %s", first, loop.names()).
		WithDetail("%s.", loop.places())
}

// follow looks whether a reference leads to a value, from the one of its first
// name, and says at which name it stops if not.
func (d Data) follow(c *compiled, n document.Node, ref reference, start any) diag.List {
	if !d.defined(ref.path[0]) {
		if _, elsewhere := d.Elsewhere[ref.path[0]]; d.Open && !elsewhere {
			return nil
		}
		return diag.List{d.undefined(c, n, ref, 0, nil)}
	}
	return d.below(c, n, ref, start)
}

// below follows the names of a reference but the first, whose value is start.
func (d Data) below(c *compiled, n document.Node, ref reference, start any) diag.List {
	at := start
	for i, name := range ref.path[1:] {
		next, state := member(at, name)
		switch state {
		case missing:
			return diag.List{d.undefined(c, n, ref, i+1, at)}
		case unknown:
			return nil
		case found:
			at = next
		}
	}
	return nil
}

// undefined tells that a reference stops at one of its names, below at.
func (d Data) undefined(c *compiled, n document.Node, ref reference, level int, at any) diag.Diagnostic {
	full := "." + joinPath(ref.path)
	u := diag.Errorf("undefined-variable", c.place(n, ref.from, ref.to), "undefined variable %s", full)
	if why, ok := d.Elsewhere[ref.path[0]]; ok && level == 0 {
		return u.WithFix("%s", why)
	}
	known := d.names()
	if shape, later := at.(*Shape); later {
		return shape.lacks(u, ref.path, level)
	}
	if level > 0 {
		known = membersOf(at)
		parent := "." + joinPath(ref.path[:level])
		u.Summary = fmt.Sprintf("undefined variable %s: %s has no %q", full, parent, ref.path[level])
		if known == nil {
			u.Summary = fmt.Sprintf("undefined variable %s: %s is %s and has nothing below it", full, parent, describe(at))
		}
		u.Detail = d.whence(ref.path[0])
	}
	if result, ok := at.(map[string]any); ok && level > 0 && result["skipped"] == true {
		parent := "." + joinPath(ref.path[:level])
		return u.WithFix("its task was skipped, and told nothing: ask not %s.skipped, or write %s | default \"…\"", parent, full)
	}
	if hint := jinjaName(ref.path[0]); level == 0 && hint != "" {
		return u.WithFix("%s", hint)
	}
	if hint := diag.Suggest(ref.path[level], known); hint != "" {
		return u.WithFix("%s", hint)
	}
	return u.WithFix("define it, or give it a value where it is missing: %s | default \"…\"", full)
}

// whence tells where a variable is defined.
func (d Data) whence(name string) string {
	if _, root := d.Roots[name]; root {
		return ""
	}
	def, ok := d.winner(name)
	if !ok || !def.Value.Pos().IsValid() {
		return ""
	}
	return fmt.Sprintf(".%s is defined at %s.", name, def.Value.Pos())
}

func (d Data) winner(name string) (Definition, bool) {
	if d.Scope == nil {
		return Definition{}, false
	}
	return d.Scope.Winner(name)
}

// given reports whether a variable was given with -e, which wins over what the
// run comes to.
func (d Data) given(name string) bool {
	def, ok := d.winner(name)
	return ok && def.Level >= Extra
}

func (d Data) defined(name string) bool {
	if _, ok := d.Roots[name]; ok {
		return true
	}
	_, ok := d.winner(name)
	return ok
}

func (d Data) names() []string {
	names := slices.Collect(maps.Keys(d.Roots))
	if d.Scope != nil {
		names = append(names, d.Scope.Names()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
