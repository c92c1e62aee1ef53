package declare

import (
	"reflect"
	"time"

	"github.com/slipway-build/slipway/core/document"
)

// Schema returns the JSON Schema (2020-12) of the action's arguments. Whatever
// is no text may also be a template that becomes it.
func (a Action) Schema() map[string]any {
	s := SchemaOf(a.Args)
	s["description"] = a.Summary
	if a.Free != "" {
		s["additionalProperties"] = true
	}
	if _, needs := s["required"]; !needs {
		s["type"] = []any{"object", "null"}
	}
	return s
}

// SchemaOf returns the JSON Schema (2020-12) of the mapping that a struct
// declares: see [document.Field]. v points to the struct.
func SchemaOf(v any) map[string]any {
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
	s := typeSchema(f.Type)
	if len(f.Choices) > 0 {
		s = orTemplate(map[string]any{"enum": texts(f.Choices)})
	}
	if f.OrOne {
		s = map[string]any{"anyOf": []any{s, typeSchema(f.Type.Elem())}}
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

// Template is the JSON Schema of a text with a template in it.
func Template() map[string]any { return map[string]any{"type": "string", "pattern": `\{\{`} }

// orTemplate is a schema, or a template in its place.
func orTemplate(s map[string]any) map[string]any {
	return map[string]any{"anyOf": []any{s, Template()}}
}

func typeSchema(t reflect.Type) map[string]any {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return Duration()
	case isAnything(t):
		return map[string]any{}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return typeSchema(t.Elem())
	case reflect.String:
		return Text()
	case reflect.Bool:
		return orTemplate(map[string]any{"type": "boolean"})
	case reflect.Float64:
		return orTemplate(map[string]any{"type": "number"})
	case reflect.Slice:
		return orTemplate(map[string]any{"type": "array", "items": typeSchema(t.Elem())})
	case reflect.Map:
		return orTemplate(map[string]any{"type": "object", "additionalProperties": typeSchema(t.Elem())})
	case reflect.Struct:
		return SchemaOf(reflect.New(t).Interface())
	default:
		return orTemplate(map[string]any{"type": "integer"})
	}
}

// Text is the JSON Schema of a text: numbers and truth values are taken as
// they are written.
func Text() map[string]any { return map[string]any{"type": []any{"string", "number", "boolean"}} }

// Duration is the JSON Schema of a duration.
func Duration() map[string]any {
	return map[string]any{"anyOf": []any{
		map[string]any{"type": "number", "minimum": 0},
		map[string]any{"type": "string", "pattern": `^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$|^[0-9]+(\.[0-9]+)?$|\{\{`},
	}}
}
