package vars

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"

	"github.com/slipway-build/slipway/core/document"
)

// functions are sprig's, without those that read the machine, draw lots or
// make keys (see removed): a template answers the same for everybody, every
// time. Some of ours stand in the place of sprig's because sprig's ask the
// clock, go through maps in no order, or can be asked for more than there is
// memory. Those that depend on who asks are bound when a template runs.
func functions() template.FuncMap {
	f := sprig.TxtFuncMap()
	maps.DeleteFunc(f, func(name string, _ any) bool { _, unwanted := removed(name); return unwanted })
	for _, own := range []template.FuncMap{comparisons(), boundedFunctions(), imageFunctions(), Data{}.functions(document.Node{})} {
		maps.Copy(f, own)
	}
	maps.Copy(f, template.FuncMap{
		"required":    required,
		"ifUndefined": ifUndefined,
		"toYaml":      toYAML,
		"fromYaml":    fromYAML,
		"fromJson":    fromJSON,
		"keys":        keys,
		"values":      values,
	})
	return f
}

// builtins are the functions of text/template itself that stay as they are.
func builtins() []string {
	return []string{"and", "or", "not", "len", "index", "slice", "print", "printf", "println", "html", "js", "urlquery", "call"}
}

// required refuses a value that is missing or empty.
func required(message string, value any) (any, error) {
	if value == nil || value == "" {
		return nil, errors.New(message)
	}
	return value, nil
}

// ifUndefined is value, or fallback where there is none. Unlike default it
// leaves false, 0 and "" as they are.
func ifUndefined(fallback, value any) any {
	if value == nil {
		return fallback
	}
	return value
}

func toYAML(value any) (string, error) {
	data, err := document.Marshal(value)
	return strings.TrimSuffix(string(data), "\n"), err
}

func fromYAML(text string) (any, error) {
	n, ds := document.Parse("fromYaml", []byte(text))
	if err := ds.Err(); err != nil {
		return nil, fmt.Errorf("reading YAML: %s", ds[0].Summary)
	}
	return n.Value(), nil
}

func fromJSON(text string) (any, error) {
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		return nil, fmt.Errorf("reading JSON: %w", err)
	}
	return value, nil
}

// keys returns the keys of maps, sorted.
func keys(dicts ...map[string]any) []any {
	var all []any
	for _, dict := range dicts {
		for _, key := range slices.Sorted(maps.Keys(dict)) {
			all = append(all, key)
		}
	}
	return all
}

// values returns what stands in a map, in the order of its keys.
func values(dict map[string]any) []any {
	var all []any
	for _, key := range slices.Sorted(maps.Keys(dict)) {
		all = append(all, dict[key])
	}
	return all
}
