package catalog

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// A Field is one field of a strategy's config, for people.
type Field struct {
	Name     string // with the way to it: "limits.memory", "steps[].run"
	Type     string // of JSON; empty: any
	Doc      string
	Default  string // as JSON; empty: none
	Allowed  string // what its value is held to; empty: nothing
	Required bool
}

// Fields returns the fields that a schema declares, each followed by those
// within it, sorted by name; none when it is no schema.
func Fields(schema json.RawMessage) []Field {
	var root map[string]any
	if json.Unmarshal(schema, &root) != nil {
		return nil
	}
	return fieldsOf(root, "")
}

// fieldsOf returns the fields of an object; way leads to it.
func fieldsOf(object map[string]any, way string) (out []Field) {
	required, _ := object["required"].([]any)
	for _, name := range names(object) {
		property := declared(object, []string{name})
		f := Field{Name: way + name, Allowed: allowed(property), Required: slices.Contains(required, any(name))}
		f.Type, _ = property["type"].(string)
		f.Doc, _ = property["description"].(string)
		if value, ok := property["default"]; ok {
			f.Default = asJSON(value)
		}
		out = append(out, f)
		out = append(out, fieldsOf(property, f.Name+".")...)
		if items, ok := property["items"].(map[string]any); ok {
			out = append(out, fieldsOf(items, f.Name+"[].")...)
		}
	}
	return out
}

// allowed tells what a value is held to beside its type.
func allowed(property map[string]any) string {
	var out []string
	if values, ok := property["enum"].([]any); ok {
		var all []string
		for _, v := range values {
			all = append(all, asJSON(v))
		}
		out = append(out, strings.Join(all, ", "))
	}
	for _, bound := range []struct{ keyword, text string }{
		{"minimum", "≥ "},
		{"maximum", "≤ "},
		{"minLength", "length ≥ "},
		{"maxLength", "length ≤ "},
		{"minItems", "items ≥ "},
		{"maxItems", "items ≤ "},
		{"minProperties", "entries ≥ "},
		{"maxProperties", "entries ≤ "},
		{"pattern", "matches "},
	} {
		if value, ok := property[bound.keyword]; ok {
			out = append(out, bound.text+fmt.Sprint(value))
		}
	}
	if secret(property) {
		out = append(out, "secret")
	}
	if _, ok := property["x-slipway-path"]; ok {
		out = append(out, "a path of the workspace")
	}
	return strings.Join(out, "; ")
}

// asJSON writes a value that came out of JSON.
func asJSON(value any) string {
	data, _ := json.Marshal(value)
	return string(data)
}
