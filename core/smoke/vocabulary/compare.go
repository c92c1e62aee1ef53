package vocabulary

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/slipway-build/slipway/core/smoke/world"
)

// maxShown is how much of a text an error shows; the evidence has more.
const maxShown = 200

func shown(s string) string {
	if len(s) > maxShown {
		return fmt.Sprintf("%q…", strings.ToValidUTF8(s[:maxShown], ""))
	}
	return strconv.Quote(s)
}

func equal(what, got, want string) error {
	if got != want {
		return world.Mismatchf("%s is %s, want %s", what, shown(got), shown(want))
	}
	return nil
}

func contains(what, got, want string) error {
	if !strings.Contains(got, want) {
		return world.Mismatchf("%s does not contain %q: %s", what, want, shown(got))
	}
	return nil
}

func lacks(what, got, unwanted string) error {
	if strings.Contains(got, unwanted) {
		return world.Mismatchf("%s contains %q", what, unwanted)
	}
	return nil
}

func matches(what, got string, re *regexp.Regexp) error {
	if !re.MatchString(got) {
		return world.Mismatchf("%s does not match %q: %s", what, re, shown(got))
	}
	return nil
}

// jsonPathEquals compares the value at a path like "items.0.name" in a
// document with a text: strings by their content, all else by its JSON.
func jsonPathEquals(what string, document []byte, path, want string) error {
	got, err := jsonPath(what, document, path)
	if err != nil {
		return err
	}
	return equal(fmt.Sprintf("%s, path %s,", what, path), got, want)
}

// jsonPath returns the value at a path: names and indexes with dots between,
// where `\.` is a dot in a name.
func jsonPath(what string, document []byte, path string) (string, error) {
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	var at any
	if err := decoder.Decode(&at); err != nil {
		return "", world.Mismatchf("%s is not JSON: %s", what, shown(string(document)))
	}
	for _, name := range splitPath(path) {
		next, ok := child(at, name)
		if !ok {
			return "", world.Mismatchf("%s has nothing at the path %s: no %q", what, path, name)
		}
		at = next
	}
	if s, ok := at.(string); ok {
		return s, nil
	}
	text, err := json.Marshal(at)
	return string(text), err
}

func splitPath(path string) []string {
	const dot = "\x00"
	names := strings.Split(strings.ReplaceAll(path, `\.`, dot), ".")
	for i := range names {
		names[i] = strings.ReplaceAll(names[i], dot, ".")
	}
	return names
}

func child(at any, name string) (any, bool) {
	switch at := at.(type) {
	case map[string]any:
		v, ok := at[name]
		return v, ok
	case []any:
		i, err := strconv.Atoi(name)
		if err != nil || i < 0 || i >= len(at) {
			return nil, false
		}
		return at[i], true
	default:
		return nil, false
	}
}
