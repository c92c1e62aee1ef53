package record

import (
	"bytes"
	"encoding/json"
)

// Decode reads JSON without making every number a fraction.
func Decode(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return d.Decode(into)
}

// Native gives numbers that were read with Decode the types that templates
// compare: a whole number is an int.
func Native(value any) any {
	switch value := value.(type) {
	case json.Number:
		if n, err := value.Int64(); err == nil {
			return int(n)
		}
		f, _ := value.Float64()
		return f
	case []any:
		for i := range value {
			value[i] = Native(value[i])
		}
		return value
	case map[string]any:
		for key := range value {
			value[key] = Native(value[key])
		}
		return value
	default:
		return value
	}
}
