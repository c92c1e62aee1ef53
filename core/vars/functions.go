package vars

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"text/template"
	"time"

	"github.com/Masterminds/sprig/v3"

	"github.com/slipway-build/slipway/core/document"
)

// functions are sprig's, without those that read the machine, draw lots or
// make keys: a template answers the same for everybody, every time. The clock
// stands still at now, so that all images of a run agree.
func functions(now time.Time) template.FuncMap {
	f := sprig.TxtFuncMap()
	for name := range f {
		if unwanted(name) {
			delete(f, name)
		}
	}
	maps.Copy(f, template.FuncMap{
		"now":      func() time.Time { return now },
		"ago":      func(t time.Time) string { return now.Sub(t).Round(time.Second).String() },
		"required": required,
		"toYaml":   toYAML,
		"fromYaml": fromYAML,
		"fromJson": fromJSON,
		"__soft":   softly,
		"__value":  func(any) string { return "" },
	})
	return f
}

func unwanted(name string) bool {
	for _, prefix := range []string{"gen", "rand", "htpasswd", "bcrypt", "derivePassword", "encryptAES", "decryptAES", "buildCustomCert"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	switch name {
	case "env", "expandenv", "getHostByName", "shuffle", "uuidv4", "fail":
		return true
	default:
		return false
	}
}

// required refuses a value that is missing or empty.
func required(message string, value any) (any, error) {
	if value == nil || value == "" {
		return nil, errors.New(message)
	}
	return value, nil
}

func toYAML(value any) (string, error) {
	data, err := document.Marshal(value)
	return strings.TrimSuffix(string(data), "\n"), err
}

func fromYAML(text string) (any, error) {
	n, ds := document.Parse("fromYaml", []byte(text))
	return n.Value(), ds.Err()
}

func fromJSON(text string) (any, error) {
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		return nil, fmt.Errorf("reading JSON: %w", err)
	}
	return value, nil
}

// softly looks a path up and returns nil where it ends.
func softly(start any, path ...string) any {
	at := start
	for _, name := range path {
		next, ok := member(at, name)
		if !ok {
			return nil
		}
		at = next
	}
	return at
}

// member returns a key of a map.
func member(value any, name string) (any, bool) {
	if m, ok := value.(map[string]any); ok {
		v, ok := m[name]
		return v, ok
	}
	v := reflect.ValueOf(value)
	if v.Kind() != reflect.Map || v.Type().Key().Kind() != reflect.String {
		return nil, false
	}
	found := v.MapIndex(reflect.ValueOf(name).Convert(v.Type().Key()))
	if !found.IsValid() {
		return nil, false
	}
	return found.Interface(), true
}

// clone copies maps and lists, so that a template that changes its arguments
// (sprig's set, unset and merge do) changes nobody else's.
func clone(value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, item := range v {
			out[k] = clone(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = clone(item)
		}
		return out
	case []string:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = item
		}
		return out
	case map[string]string:
		out := make(map[string]any, len(v))
		for k, item := range v {
			out[k] = item
		}
		return out
	default:
		return value
	}
}
