package catalog

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// declared walks a schema along the way to a value, through plain properties
// and items. It returns nil where the schema takes another way.
func declared(schema any, location []string) map[string]any {
	s, _ := schema.(map[string]any)
	for _, name := range location {
		properties, _ := s["properties"].(map[string]any)
		next, ok := properties[name].(map[string]any)
		if !ok {
			next, ok = s["items"].(map[string]any)
		}
		if !ok {
			next, ok = s["additionalProperties"].(map[string]any)
		}
		if !ok {
			return nil
		}
		s = next
	}
	return s
}

// names returns the properties that a schema declares, sorted.
func names(property map[string]any) []string {
	properties, _ := property["properties"].(map[string]any)
	return slices.Sorted(maps.Keys(properties))
}

// secret reports whether a value must not be shown.
func secret(property map[string]any) bool {
	hidden, _ := property["writeOnly"].(bool)
	return hidden
}

// pointer makes a JSON pointer.
func pointer(location []string) string {
	var b strings.Builder
	for _, name := range location {
		b.WriteByte('/')
		b.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(name))
	}
	return b.String()
}

// label is how a message calls the value at a location: by its name, or as an
// item of what has one: "ports[1]".
func label(location []string) string {
	if len(location) == 0 {
		return "the config"
	}
	items := ""
	last := len(location) - 1
	for ; last > 0 && isNumber(location[last]); last-- {
		items = "[" + location[last] + "]" + items
	}
	return strconv.Quote(location[last] + items)
}

func isNumber(name string) bool {
	_, err := strconv.ParseUint(name, 10, 31)
	return err == nil
}
