package schema

import (
	"fmt"
	"slices"
	"strings"
)

// Titled names what a schema is of: a word that says more than its type.
func Titled(title string, s map[string]any) map[string]any {
	s["title"] = title
	return s
}

// Words tells in words what a schema takes, templates apart: "list of text, or
// text". A title says it all.
func Words(s map[string]any) string {
	if title, ok := s["title"].(string); ok {
		return title
	}
	if choices, ok := s["anyOf"].([]any); ok {
		return either(choices)
	}
	if ref, ok := s["$ref"].(string); ok {
		return strings.ReplaceAll(ref[strings.LastIndex(ref, "/")+1:], "_", " ")
	}
	if words, ok := s["enum"].([]any); ok {
		return oneOf(words)
	}
	if only, ok := s["const"]; ok {
		return fmt.Sprint(only)
	}
	return typeWords(s)
}

func either(of []any) string {
	var all []string
	for _, one := range of {
		one, ok := one.(map[string]any)
		if !ok || one["pattern"] == Template()["pattern"] {
			continue
		}
		if words := Words(one); !slices.Contains(all, words) {
			all = append(all, words)
		}
	}
	return strings.Join(all, ", or ")
}

func oneOf(words []any) string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = fmt.Sprint(w)
	}
	return strings.Join(all, "|")
}

// typeWords tells of a schema by its type; one of several types is a text that
// may be written as something else.
func typeWords(s map[string]any) string {
	switch s["type"] {
	case "array":
		return "list" + of(s["items"])
	case "object":
		return "mapping" + of(s["additionalProperties"])
	case "boolean":
		return "true or false"
	case "integer":
		return "whole number"
	case "number":
		return "number"
	case nil:
		return "anything"
	default:
		return "text"
	}
}

// of tells in words what is in a list or a mapping; "" when nothing is known of
// it.
func of(items any) string {
	s, ok := items.(map[string]any)
	if !ok {
		return ""
	}
	switch words := Words(s); {
	case strings.HasPrefix(words, "mapping"):
		return " of mappings" + strings.TrimPrefix(words, "mapping")
	case strings.HasSuffix(words, "number"), words == "duration", words == "expression", words == "task":
		return " of " + words + "s"
	default:
		return " of " + words
	}
}
