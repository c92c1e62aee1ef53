package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// Schema returns the JSON Schema 2020-12 of struct type t. Beside the standard
// keywords a path below the workspace carries "x-slipway-path": "workspace",
// and a secret "writeOnly": true.
func Schema(t reflect.Type) (json.RawMessage, error) {
	t = deref(t)
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("describing the config: %s is no struct", t)
	}
	s, err := objectSchema(t, nil)
	if err != nil {
		return nil, err
	}
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	return json.Marshal(s)
}

// typeSchema returns the schema of t; within are the structs that t stands in.
func typeSchema(t reflect.Type, within []reflect.Type) (map[string]any, error) {
	t = deref(t)
	switch s := shapeOf(t); s {
	case shapeAny:
		return map[string]any{}, nil
	case shapeArray:
		items, err := typeSchema(t.Elem(), within)
		return map[string]any{"type": "array", "items": items}, err
	case shapeMap:
		values, err := typeSchema(t.Elem(), within)
		return map[string]any{"type": "object", "additionalProperties": values}, err
	case shapeObject:
		return objectSchema(t, within)
	default:
		return map[string]any{"type": string(s)}, nil
	}
}

func objectSchema(t reflect.Type, within []reflect.Type) (map[string]any, error) {
	if slices.Contains(within, t) {
		return nil, fmt.Errorf("describing the config: %s contains itself", t)
	}
	list, err := fields(t)
	if err != nil {
		return nil, err
	}
	properties, required := map[string]any{}, []string{}
	for _, f := range list {
		p, err := typeSchema(f.typ, append(slices.Clip(within), t))
		if err != nil {
			return nil, err
		}
		maps.Copy(p, f.keywords())
		properties[f.name] = p
		if f.required {
			required = append(required, f.name)
		}
	}
	s := map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
	if len(required) > 0 {
		s["required"] = required
	}
	return s, nil
}

// keywords returns what the tags of f add to the schema of its type.
func (f field) keywords() map[string]any {
	k := map[string]any{}
	if f.doc != "" {
		k["description"] = f.doc
	}
	if f.fallback != nil {
		k["default"] = f.fallback
	}
	if f.enum != nil {
		k["enum"] = f.enum
	}
	if f.pattern != nil {
		k["pattern"] = f.pattern.String()
	}
	if f.secret {
		k["writeOnly"] = true
	}
	if f.path {
		k["x-slipway-path"] = "workspace"
	}
	low, high := f.boundKeywords()
	if f.min != nil {
		k[low] = *f.min
	}
	if f.max != nil {
		k[high] = *f.max
	}
	return k
}

func (f field) boundKeywords() (low, high string) {
	switch shapeOf(f.typ) {
	case shapeString:
		return "minLength", "maxLength"
	case shapeArray:
		return "minItems", "maxItems"
	case shapeMap:
		return "minProperties", "maxProperties"
	default:
		return "minimum", "maximum"
	}
}
