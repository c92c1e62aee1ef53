package step

import (
	"fmt"
	"strings"
)

// A Match is a definition that a sentence means.
type Match struct {
	Definition *Definition
	raw        []string
	kinds      []kind
}

// Check parses the arguments as far as they can be known before the step
// runs, and returns what is wrong with them. An argument with a template in it
// is known only then.
func (m Match) Check() []error {
	var errs []error
	for i, k := range m.kinds {
		if templated(m.raw[i]) {
			continue
		}
		if _, err := k.parse(m.raw[i]); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// Args returns the values of the arguments, templates expanded. The doc string
// and the rows are what followed the sentence.
func (m Match) Args(expand func(string) (string, error), doc string, rows [][]string) (Args, error) {
	args := Args{values: make([]any, len(m.kinds))}
	for i, k := range m.kinds {
		text, err := expanded(expand, m.raw[i])
		if err != nil {
			return Args{}, err
		}
		if args.values[i], err = k.parse(text); err != nil {
			return Args{}, err
		}
	}
	var err error
	if args.Doc, err = expanded(expand, doc); err != nil {
		return Args{}, err
	}
	args.Rows, err = expandedRows(expand, rows)
	return args, err
}

func expandedRows(expand func(string) (string, error), rows [][]string) ([][]string, error) {
	out := make([][]string, len(rows))
	for i, row := range rows {
		for _, cell := range row {
			text, err := expanded(expand, cell)
			if err != nil {
				return nil, err
			}
			out[i] = append(out[i], text)
		}
	}
	return out, nil
}

func templated(s string) bool { return strings.Contains(s, "{{") }

func expanded(expand func(string) (string, error), s string) (string, error) {
	if !templated(s) {
		return s, nil
	}
	out, err := expand(s)
	if err != nil {
		return "", fmt.Errorf("expanding %q: %w", s, err)
	}
	return out, nil
}
