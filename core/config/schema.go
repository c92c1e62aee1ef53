package config

import (
	"strings"

	"github.com/slipway-build/slipway/core/schema"
)

// Schema returns the JSON Schema (2020-12) of slipway.yml.
func Schema() map[string]any {
	top := mapping()
	for _, s := range Settings() {
		at := top
		path := strings.Split(s.Name, ".")
		for _, section := range path[:len(path)-1] {
			at = below(at, section)
		}
		schema.Properties(at)[path[len(path)-1]] = s.schema()
	}
	for _, section := range Sections() {
		schema.Properties(top)[section] = map[string]any{"type": "object"}
	}
	top["type"] = []any{"object", "null"}
	return schema.Document("slipway.yml", top)
}

// below returns the mapping that stands under a name, a new one if there is none.
func below(at map[string]any, name string) map[string]any {
	inside, ok := schema.Properties(at)[name].(map[string]any)
	if !ok {
		inside = mapping()
		schema.Properties(at)[name] = inside
	}
	return inside
}

func mapping() map[string]any {
	return map[string]any{"type": "object", "properties": map[string]any{}, "additionalProperties": false}
}

func (s Setting) schema() map[string]any {
	out := map[string]any{}
	switch s.Kind {
	case Number:
		out = map[string]any{"type": "integer", "minimum": 0}
	case Truth:
		out = map[string]any{"type": "boolean"}
	case List, Paths:
		out = schema.List(schema.Text())
	case Text, Path:
		out = schema.Text()
	}
	if len(s.Among) > 0 {
		out = schema.Enum(s.Among...)
	}
	out["description"] = s.Doc
	return out
}
