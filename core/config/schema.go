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
			inside := at["properties"].(map[string]any)
			if inside[section] == nil {
				inside[section] = mapping()
			}
			at = inside[section].(map[string]any)
		}
		at["properties"].(map[string]any)[path[len(path)-1]] = s.schema()
	}
	for _, section := range Sections() {
		top["properties"].(map[string]any)[section] = map[string]any{"type": "object"}
	}
	top["type"] = []any{"object", "null"}
	return schema.Document("slipway.yml", top)
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
