package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/slipway-build/slipway/sdk/diag"
)

// A checker compares a tree with a type and fills in defaults on its way.
type checker struct{ found diag.List }

func (c *checker) add(code, path, format string, args ...any) {
	c.found.Add(diag.Diagnostic{Code: code, Path: path, Summary: fmt.Sprintf(format, args...)})
}

// last is what was added last, to say more of it.
func (c *checker) last() *diag.Diagnostic { return &c.found[len(c.found)-1] }

// value checks v against t. The error is of the author's making.
func (c *checker) value(path string, v any, t reflect.Type) error {
	want := shapeOf(t)
	if v == nil && t.Kind() == reflect.Pointer || want == shapeAny {
		return nil
	}
	if got := shapeOfValue(v); !fits(got, want) {
		c.add("config.type", path, "%s is %s; wanted %s", label(path), article(got), article(want))
		return nil
	}
	// That the value fits has been looked at above.
	object, _ := v.(map[string]any)
	list, _ := v.([]any)
	switch t = deref(t); want {
	case shapeObject:
		return c.object(path, object, t)
	case shapeArray:
		for i, item := range list {
			if err := c.value(pointer(path, strconv.Itoa(i)), item, t.Elem()); err != nil {
				return err
			}
		}
	case shapeMap:
		for _, key := range slices.Sorted(maps.Keys(object)) {
			if err := c.value(pointer(path, key), object[key], t.Elem()); err != nil {
				return err
			}
		}
	default: // a plain value has nothing below it
	}
	return nil
}

func (c *checker) object(path string, object map[string]any, t reflect.Type) error {
	list, err := fields(t)
	if err != nil {
		return err
	}
	c.unknown(path, object, list)
	for _, f := range list {
		at := pointer(path, f.name)
		v, ok := object[f.name]
		switch {
		case !ok && f.required:
			c.add("config.missing", at, "%s is missing", label(at))
			c.last().Detail = f.doc
		case !ok && f.fallback != nil:
			object[f.name] = f.fallback
		case !ok && shapeOf(f.typ) == shapeObject && f.typ.Kind() == reflect.Struct:
			inner := map[string]any{} // its own fields may have defaults
			object[f.name] = inner
			err = c.quietly(func() error { return c.object(at, inner, f.typ) })
		case ok:
			c.limits(at, v, f)
			err = c.value(at, v, f.typ)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// quietly drops what check finds: an optional object that is absent lacks
// nothing.
func (c *checker) quietly(check func() error) error {
	n := len(c.found)
	err := check()
	c.found = c.found[:n]
	return err
}

func (c *checker) unknown(path string, object map[string]any, list []field) {
	var names []string
	for _, f := range list {
		names = append(names, f.name)
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if slices.Contains(names, key) {
			continue
		}
		c.add("config.unknown", pointer(path, key), "unknown field %q", key)
		c.last().Fix = diag.Suggest(key, names)
		if len(names) > 0 {
			c.last().Detail = "The fields are " + strings.Join(names, ", ") + "."
		}
	}
}

// limits checks the tags of f that bound its value.
func (c *checker) limits(path string, v any, f field) {
	if text, ok := v.(string); ok {
		c.textLimits(path, text, f)
	}
	size, what := measure(v)
	if what == "" {
		return
	}
	if f.min != nil && size < *f.min {
		c.add("config.range", path, "%s%s is %v; wanted at least %v", what, label(path), size, *f.min)
	}
	if f.max != nil && size > *f.max {
		c.add("config.range", path, "%s%s is %v; wanted at most %v", what, label(path), size, *f.max)
	}
}

func (c *checker) textLimits(path, text string, f field) {
	if f.enum != nil && !slices.Contains(f.enum, text) {
		c.add("config.enum", path, "%s is %s; wanted one of %s", label(path), f.show(text), strings.Join(f.enum, ", "))
		c.last().Fix = diag.Suggest(text, f.enum)
	}
	if f.pattern != nil && !f.pattern.MatchString(text) {
		c.add("config.pattern", path, "%s is %s, which does not match %s", label(path), f.show(text), f.pattern)
	}
	if f.path && !filepath.IsLocal(text) {
		c.add("config.path", path, "%s is %s, which is not below the workspace", label(path), f.show(text))
		c.last().Fix = "write it relative to the workspace"
	}
}

// show quotes a value, but never a secret one.
func (f field) show(text string) string {
	if f.secret {
		return "a secret"
	}
	return strconv.Quote(text)
}

// measure returns what min and max bound, and how to call it.
func measure(v any) (size float64, what string) {
	switch v := v.(type) {
	case json.Number:
		n, _ := v.Float64()
		return n, "the value of "
	case string:
		return float64(utf8.RuneCountInString(v)), "the length of "
	case []any:
		return float64(len(v)), "the length of "
	case map[string]any:
		return float64(len(v)), "the size of "
	}
	return 0, ""
}

func shapeOfValue(v any) shape {
	switch v := v.(type) {
	case string:
		return shapeString
	case bool:
		return shapeBoolean
	case json.Number:
		if _, err := v.Int64(); err == nil {
			return shapeInteger
		}
		return shapeNumber
	case []any:
		return shapeArray
	case map[string]any:
		return shapeObject
	default:
		return "null"
	}
}

// fits reports whether a value of shape got can be decoded as want.
func fits(got, want shape) bool {
	switch want {
	case shapeMap:
		return got == shapeObject
	case shapeNumber:
		return got == shapeNumber || got == shapeInteger
	default:
		return got == want
	}
}

func article(s shape) string {
	switch s {
	case shapeArray:
		return "a list"
	case shapeInteger:
		return "a whole number"
	case shapeMap, shapeObject:
		return "an object"
	case "null":
		return "null"
	case shapeString:
		return "a text"
	default:
		return "a " + string(s)
	}
}

// label is how a message calls the value at path: by its name, or as an item of
// what has one: "ports[1]".
func label(path string) string {
	if path == "" {
		return "the config"
	}
	names, items := strings.Split(path, "/")[1:], ""
	last := len(names) - 1
	for ; last > 0 && isNumber(names[last]); last-- {
		items = "[" + names[last] + "]" + items
	}
	return strconv.Quote(unescape(names[last]) + items)
}

func isNumber(name string) bool {
	_, err := strconv.ParseUint(name, 10, 31)
	return err == nil
}

// pointer appends names to a JSON pointer.
func pointer(path string, names ...string) string {
	for _, n := range names {
		path += "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(n)
	}
	return path
}

func unescape(s string) string { return strings.NewReplacer("~1", "/", "~0", "~").Replace(s) }

func splitDots(field string) []string {
	if field == "" {
		return nil
	}
	return strings.Split(field, ".")
}
