package catalog

import (
	"encoding/json"
	"fmt"
)

// A Field is one field of a strategy's config, for people.
type Field struct {
	Name string
	Type string // of JSON; empty: any
	Doc  string
}

// Fields returns the fields that a schema declares at its top, sorted by name;
// none when it is no schema.
func Fields(schema json.RawMessage) []Field {
	var root map[string]any
	if json.Unmarshal(schema, &root) != nil {
		return nil
	}
	var out []Field
	for _, name := range names(root) {
		property := declared(root, []string{name})
		f := Field{Name: name}
		f.Type, _ = property["type"].(string)
		f.Doc, _ = property["description"].(string)
		if value, ok := property["default"]; ok {
			f.Doc = fmt.Sprintf("%s (default: %v)", f.Doc, value)
		}
		out = append(out, f)
	}
	return out
}
