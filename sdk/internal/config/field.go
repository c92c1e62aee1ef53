// Package config reads the config of a strategy into a struct, and derives
// its JSON Schema from the same struct, so that the two cannot disagree.
//
// The tags of a field:
//
//	json      its name; "omitempty" or "omitzero" makes it optional
//	doc       what it means
//	default   its value when it is absent: text for a string, JSON otherwise
//	enum      the allowed texts, separated by commas
//	min, max  bounds: of a number, of the length of a text, list or map
//	pattern   a regular expression (RE2) that a text must match somewhere
//	secret    "true": editors and logs must not show it
//	path      "workspace": a path below the workspace
//
// A field without a json tag is named as encoding/json names it. A field
// without default and omitempty is required, but for a struct in which nothing
// is. Every object is closed: what is
// no field is a mistake, with the nearest field suggested. All mistakes are
// found in one pass.
package config

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A field is one field of a config struct, its tags read.
type field struct {
	name     string
	typ      reflect.Type
	doc      string
	required bool
	fallback any // the default, as decoded JSON; nil: none
	enum     []string
	min, max *float64
	pattern  *regexp.Regexp
	secret   bool
	path     bool
}

// fields returns the fields of struct type t in order; those of embedded
// structs stand in their place. An error is a mistake of the strategy's
// author.
func fields(t reflect.Type) ([]field, error) {
	var out []field
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		embedded := f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct
		switch {
		case embedded:
			inner, err := fields(f.Type)
			if err != nil {
				return nil, err
			}
			out = append(out, inner...)
		case name == "-" && options == "", !f.IsExported():
		default:
			parsed, err := newField(f, name, options)
			if err != nil {
				return nil, fmt.Errorf("reading the tags of %s.%s: %w", t, f.Name, err)
			}
			out = append(out, parsed)
		}
	}
	return out, nil
}

func newField(f reflect.StructField, name, options string) (field, error) {
	if name == "" {
		name = f.Name
	}
	out := field{
		name:   name,
		typ:    f.Type,
		doc:    f.Tag.Get("doc"),
		secret: f.Tag.Get("secret") == "true",
		path:   f.Tag.Get("path") == "workspace",
	}
	if e := f.Tag.Get("enum"); e != "" {
		out.enum = strings.Split(e, ",")
	}
	for tag, bound := range map[string]**float64{"min": &out.min, "max": &out.max} {
		if err := parseBound(f.Tag.Get(tag), bound); err != nil {
			return out, fmt.Errorf("%s: %w", tag, err)
		}
	}
	if p := f.Tag.Get("pattern"); p != "" {
		re, err := regexp.Compile(p)
		if err != nil {
			return out, fmt.Errorf("pattern: %w", err)
		}
		out.pattern = re
	}
	optional := slices.ContainsFunc(strings.Split(options, ","), func(o string) bool {
		return o == "omitempty" || o == "omitzero"
	})
	return out, out.setDefault(f.Tag, optional)
}

func parseBound(s string, bound **float64) error {
	if s == "" {
		return nil
	}
	n, err := strconv.ParseFloat(s, 64)
	*bound = &n
	return err
}

// setDefault reads the default tag and decides whether the field is required.
func (f *field) setDefault(tag reflect.StructTag, optional bool) error {
	text, ok := tag.Lookup("default")
	if !ok {
		complete, err := complete(f.typ)
		f.required = !optional && !complete
		return err
	}
	if shapeOf(f.typ) == shapeString {
		f.fallback = text
		return nil
	}
	value, err := parse([]byte(text))
	if err != nil {
		return fmt.Errorf("default: %w", err)
	}
	f.fallback = value
	return nil
}

// complete reports whether t is a struct whose fields may all be absent.
func complete(t reflect.Type) (bool, error) {
	if t.Kind() != reflect.Struct || shapeOf(t) != shapeObject {
		return false, nil
	}
	list, err := fields(t)
	return !slices.ContainsFunc(list, func(f field) bool { return f.required }), err
}

// A shape is what a Go type looks like in JSON.
type shape string

const (
	shapeString  shape = "string"
	shapeBoolean shape = "boolean"
	shapeInteger shape = "integer"
	shapeNumber  shape = "number"
	shapeArray   shape = "array"
	shapeMap     shape = "map"
	shapeObject  shape = "object"
	shapeAny     shape = "any"
)

// shapeOf returns the shape of t. What decodes itself is taken for anything.
func shapeOf(t reflect.Type) shape {
	t = deref(t)
	switch {
	case t == reflect.TypeFor[json.RawMessage](), reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()):
		return shapeAny
	case reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return shapeString
	}
	switch t.Kind() {
	case reflect.String:
		return shapeString
	case reflect.Bool:
		return shapeBoolean
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return shapeInteger
	case reflect.Float32, reflect.Float64:
		return shapeNumber
	case reflect.Slice, reflect.Array:
		return shapeArray
	case reflect.Map:
		return shapeMap
	case reflect.Struct:
		return shapeObject
	default:
		return shapeAny
	}
}

func deref(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}
