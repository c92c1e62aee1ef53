package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-build/slipway/sdk/diag"
)

// A Kind says what values a setting takes.
type Kind string

// The kinds of settings.
const (
	Text   Kind = "text"   // a word; one of Setting.Among where that is set
	Path   Kind = "path"   // relative to who names it: see the package
	Number Kind = "number" // a whole number from 0 on
	Truth  Kind = "truth"  // true or false
	List   Kind = "list"   // words; in the environment with commas between them
	Paths  Kind = "paths"  // a list of paths
)

// A Setting is one thing that can be set.
type Setting struct {
	Name    string // in the file, a dot for each mapping: "lint.skip"
	Kind    Kind
	Among   []string // the words it takes; empty: any
	Default string   // as the environment would say it
	Flag    string   // of the command line; empty: there is none
	Doc     string   // a phrase
}

// Variable returns the setting's variable of the environment.
func (s Setting) Variable() string {
	return prefix + strings.ToUpper(strings.ReplaceAll(s.Name, ".", "_"))
}

// prefix begins every variable of ours.
const prefix = "SLIPWAY_"

// parse reads words as a value. wrong says what was wanted instead.
func (s Setting) parse(words []string) (value any, wrong string) {
	if s.Kind == List || s.Kind == Paths {
		return s.list(words)
	}
	text := ""
	if len(words) > 0 {
		text = words[len(words)-1]
	}
	switch s.Kind {
	case Number:
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return nil, fmt.Sprintf("wants a whole number, found %q", text)
		}
		return n, ""
	case Truth:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return nil, fmt.Sprintf("wants true or false, found %q", text)
		}
		return b, ""
	default:
		return text, s.refuse(text)
	}
}

// list takes words, each as it is.
func (s Setting) list(words []string) (any, string) {
	all := []string{}
	for _, word := range words {
		if wrong := s.refuse(word); wrong != "" {
			return nil, wrong
		}
		all = append(all, word)
	}
	return all, ""
}

// split makes words of a text with commas between them, where a setting takes
// several.
func (s Setting) split(text string) []string {
	if s.Kind != List && s.Kind != Paths {
		return []string{text}
	}
	var words []string
	for word := range strings.SplitSeq(text, ",") {
		if word = strings.TrimSpace(word); word != "" {
			words = append(words, word)
		}
	}
	return words
}

// refuse says what is wrong with a word, if anything is.
func (s Setting) refuse(word string) string {
	if len(s.Among) == 0 || word == s.Default || slices.Contains(s.Among, word) {
		return ""
	}
	return fmt.Sprintf("knows no %q", word)
}

// mistake is a wrong value as a diagnostic. who names the setting where it was
// set, with the space behind it.
func (s Setting) mistake(pos diag.Pos, who, wrong string) diag.Diagnostic {
	d := diag.Errorf("bad-setting", pos, "%s%s", who, wrong)
	if len(s.Among) > 0 {
		return d.WithFix("the words are %s", strings.Join(s.Among, ", "))
	}
	return d
}

// initial is the setting's default.
func (s Setting) initial() any {
	value, wrong := s.parse(s.split(s.Default))
	if wrong != "" {
		panic(fmt.Sprintf("bug: the default of %s %s", s.Name, wrong))
	}
	return value
}
