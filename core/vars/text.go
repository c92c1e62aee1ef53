package vars

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Text is a value as it stands in a text: a text as it is, nothing as nothing,
// lists and mappings as JSON.
func Text(value any) string {
	if value == nil {
		return ""
	}
	if k := reflect.TypeOf(value).Kind(); k != reflect.Map && k != reflect.Slice {
		return fmt.Sprint(value)
	}
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if e.Encode(value) != nil {
		return fmt.Sprint(value) // no value that a template can hold is one that JSON cannot
	}
	return strings.TrimSuffix(out.String(), "\n")
}
