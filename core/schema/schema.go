// Package schema makes JSON Schemas (2020-12) of the mappings that structs
// declare with their tags, for editors that complete and check YAML.
//
// They are as strict as the readers are, and as lenient: an unknown key is a
// mistake, a text may be written as a number, one scalar does for a list of
// them, and whatever is no text may be a template that becomes it. What no schema can tell (two keys of which one must
// be given) is left to `slipway lint`.
package schema

import (
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/slipway-build/slipway/core/document"
)

// A Describer is a type that reads itself from YAML and knows its schema.
type Describer interface {
	JSONSchema() map[string]any
}

// Of returns the schema of the mapping that a struct declares: see
// [document.Field]. v points to the struct.
func Of(v any) map[string]any {
	properties := map[string]any{}
	s := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	var required []any
	for _, f := range document.Fields(v) {
		properties[f.Key] = fieldSchema(f)
		if f.Required {
			required = append(required, f.Key)
		}
	}
	if required != nil {
		s["required"] = required
	}
	return s
}

func fieldSchema(f document.Field) map[string]any {
	s := Type(f.Type)
	if len(f.Choices) > 0 {
		s = OrTemplate(map[string]any{"enum": texts(f.Choices)})
	}
	if f.Doc != "" {
		s["description"] = f.Doc
	}
	if f.Default != "" {
		s["default"] = yamlValue(f.Default)
	}
	if f.Example != "" {
		s["examples"] = []any{yamlValue(f.Example)}
	}
	return s
}

func texts(words []string) []any {
	out := make([]any, len(words))
	for i, w := range words {
		out[i] = w
	}
	return out
}

// yamlValue is a default or an example of a declaration as JSON has it.
func yamlValue(text string) any {
	n, ds := document.Parse("a declaration", []byte(text))
	if ds != nil {
		panic("bug: " + ds.Error())
	}
	return n.Value()
}

// Template is the schema of a text with a template in it.
func Template() map[string]any { return map[string]any{"type": "string", "pattern": `\{\{`} }

// OrTemplate is the schema of a value, or of a template in its place.
func OrTemplate(s map[string]any) map[string]any { return Any(s, Template()) }

// Any is the schema of a value for which one of several schemas holds.
func Any(of ...map[string]any) map[string]any {
	all := make([]any, len(of))
	for i, s := range of {
		all[i] = s
	}
	return map[string]any{"anyOf": all}
}

// OrOne is the schema of a list of values, or of one of them.
func OrOne(s map[string]any) map[string]any { return Any(s, List(s)) }

// List is the schema of a list of values.
func List(s map[string]any) map[string]any { return map[string]any{"type": "array", "items": s} }

// Mapping is the schema of a mapping of values.
func Mapping(s map[string]any) map[string]any {
	return map[string]any{"type": "object", "additionalProperties": s}
}

// Ref is the schema that the document defines under a name.
func Ref(name string) map[string]any { return map[string]any{"$ref": "#/$defs/" + name} }

// Enum is the schema of some words.
func Enum(words ...string) map[string]any { return map[string]any{"enum": texts(words)} }

// Document is a schema as a document of its own.
func Document(title string, s map[string]any) map[string]any {
	out := map[string]any{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
	maps.Copy(out, s)
	return out
}

// Properties returns what a schema says of the keys of a mapping, to be read and
// to be written; one that says nothing yet is given room for it.
func Properties(mapping map[string]any) map[string]any {
	properties, ok := mapping["properties"].(map[string]any)
	if !ok {
		properties = map[string]any{}
		mapping["properties"] = properties
	}
	return properties
}

// Explain gives the keys of a mapping what is said of them by name, and returns
// the names of those of which nothing is.
func Explain(mapping map[string]any, docs map[string]string) (silent []string) {
	properties := Properties(mapping)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if docs[name] == "" {
			silent = append(silent, name)
			continue
		}
		property := map[string]any{"description": docs[name]}
		if said, ok := properties[name].(map[string]any); ok {
			property = maps.Clone(said)
			property["description"] = docs[name]
		}
		properties[name] = property
	}
	return silent
}

func isAnything(t reflect.Type) bool {
	return t == reflect.TypeFor[document.Node]() || t.Kind() == reflect.Interface
}

// Type returns the schema of what is read into a Go type.
func Type(t reflect.Type) map[string]any {
	if d, ok := reflect.TypeAssert[Describer](reflect.New(t)); ok {
		return d.JSONSchema()
	}
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return Duration()
	case isAnything(t):
		return map[string]any{}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return Type(t.Elem())
	case reflect.String:
		return Text()
	case reflect.Bool:
		return OrTemplate(map[string]any{"type": "boolean"})
	case reflect.Float64:
		return OrTemplate(map[string]any{"type": "number"})
	case reflect.Slice:
		return listSchema(t)
	case reflect.Map:
		return OrTemplate(Mapping(Type(t.Elem())))
	case reflect.Struct:
		return Of(reflect.New(t).Interface())
	default:
		return OrTemplate(map[string]any{"type": "integer"})
	}
}

// listSchema is the schema of a list, or of what does for one.
func listSchema(t reflect.Type) map[string]any {
	list := List(Type(t.Elem()))
	if document.ListsScalars(t) {
		return Titled(Words(list), OrTemplate(OrOne(Type(t.Elem()))))
	}
	return OrTemplate(list)
}

// Text is the schema of a text: numbers and truth values are taken as
// they are written.
func Text() map[string]any { return map[string]any{"type": []any{"string", "number", "boolean"}} }

// Duration is the schema of a duration.
func Duration() map[string]any {
	return Titled("duration", Any(
		map[string]any{"type": "number", "minimum": 0},
		map[string]any{"type": "string", "pattern": `^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$|^[0-9]+(\.[0-9]+)?$|\{\{`},
	))
}
