package declare

import "github.com/slipway-build/slipway/core/schema"

// Schema returns the JSON Schema (2020-12) of the action's arguments.
func (a Action) Schema() map[string]any {
	s := schema.Of(a.Args)
	s["description"] = a.Summary
	if a.Free != "" {
		s["additionalProperties"] = true
	}
	if _, needs := s["required"]; !needs {
		s["type"] = []any{"object", "null"}
	}
	return s
}
