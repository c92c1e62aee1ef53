package playbook

import (
	"fmt"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// freeForm refuses arguments that are one text, and says how they are written:
// Ansible's "key=value key=value" as a mapping, another text below the argument
// that it most likely is. A text that is one template may be a mapping yet.
func (r *reader) freeForm(action string, n document.Node) bool {
	text := n.Text()
	alone, entries := r.options.Actions[action].Alone, entriesOf(text)
	if n.Kind() != document.Scalar || text == "" || entries == nil && isOneTemplate(text) {
		return false
	}
	if entries == nil && alone != "" {
		entries = onlyThen(alone, text)
	}
	d := diag.Errorf("free-form", n.Pos(), "the arguments of %q are one text: %q", action, text)
	if entries == nil {
		r.add(d.WithFix("write each below the action, as a key with its value: slipway doc %s", action))
		return true
	}
	r.add(d.WithFix("write %s: { %s }", action, strings.Join(entries, ", ")))
	return true
}

// isOneTemplate reports whether a text is a template from end to end.
func isOneTemplate(text string) bool {
	return strings.HasPrefix(text, "{{") && strings.Index(text, "}}") == len(text)-2
}

// entriesOf reads "key=value key=two words" as entries of a mapping; nil when the
// text does not begin with a key.
func entriesOf(text string) []string {
	var keys, values []string
	for _, word := range vars.Words(text) {
		key, value, ok := cutArgument(word)
		switch {
		case ok:
			keys, values = append(keys, key), append(values, value)
		case keys == nil:
			return nil
		default:
			values[len(values)-1] += " " + word
		}
	}
	return entries(keys, values)
}

// onlyThen reads "make check chdir=tools": an argument without its key, and
// behind it some with theirs.
func onlyThen(alone, text string) []string {
	words := vars.Words(text)
	var keys, values []string
	for len(words) > 1 {
		key, value, ok := cutArgument(words[len(words)-1])
		if !ok {
			break
		}
		keys, values = append([]string{key}, keys...), append([]string{value}, values...)
		words = words[:len(words)-1]
		text = strings.TrimSpace(text[:strings.LastIndex(text, key+"=")])
	}
	return entries(append([]string{alone}, keys...), append([]string{text}, values...))
}

// cutArgument is [vars.CutPair] for the words that arguments are named by.
func cutArgument(word string) (key, value string, ok bool) {
	key, value, ok = vars.CutPair(word)
	return key, value, ok && strings.Trim(key, "abcdefghijklmnopqrstuvwxyz_") == ""
}

func entries(keys, values []string) []string {
	var out []string
	for i, key := range keys {
		out = append(out, key+": "+quoted(values[i]))
	}
	return out
}

// quoted is a text as a value of YAML, in quotes where it needs them.
func quoted(text string) string {
	if text == "" || strings.ContainsAny(text, "{}[],:#&*!|>'\"%@` \t\n") {
		return fmt.Sprintf("%q", text)
	}
	return text
}
