package buildkey

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Conceal returns a config in which everything that its JSON Schema calls
// writeOnly, as the SDK does with secrets, is told by its SHA-256: facts are
// kept and shown, and still differ when a secret does.
func Conceal(schema, config json.RawMessage) (json.RawMessage, error) {
	if !bytes.Contains(schema, []byte(`"writeOnly"`)) || len(config) == 0 {
		return config, nil
	}
	var of map[string]any
	if err := json.Unmarshal(schema, &of); err != nil {
		return nil, fmt.Errorf("reading the schema of the config: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(config))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, fmt.Errorf("reading the config: %w", err)
	}
	value, err := conceal(of, value)
	if err != nil {
		return nil, err
	}
	return json.Marshal(value)
}

// conceal conceals what a value holds, as far as the plain keywords of its
// schema tell of it.
func conceal(schema map[string]any, value any) (any, error) {
	if hidden, _ := schema["writeOnly"].(bool); hidden {
		text, err := json.Marshal(value)
		return fmt.Sprintf("secret sha256:%x", sha256.Sum256(text)), err
	}
	var err error
	switch v := value.(type) {
	case map[string]any:
		properties, _ := schema["properties"].(map[string]any)
		others, _ := schema["additionalProperties"].(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(v)) {
			of, ok := properties[name].(map[string]any)
			if !ok {
				of = others
			}
			if v[name], err = conceal(of, v[name]); err != nil {
				return nil, err
			}
		}
	case []any:
		items, _ := schema["items"].(map[string]any)
		for i := range v {
			if v[i], err = conceal(items, v[i]); err != nil {
				return nil, err
			}
		}
	}
	return value, nil
}
