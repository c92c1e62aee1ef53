package playbook

import (
	"fmt"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// freeForm refuses arguments that are one text, and says how they are written:
// Ansible's "key=value key=value" as a mapping, another text below the argument
// that it most likely is.
func (r *reader) freeForm(action string, n document.Node) bool {
	text := n.Text()
	pairs := pairsOf(text)
	if n.Kind() != document.Scalar || text == "" || isTemplate(n) && pairs == nil {
		return false
	}
	d := diag.Errorf("free-form", n.Pos(), "the arguments of %q are one text: %q", action, text)
	if pairs != nil {
		r.add(d.WithFix("write %s: { %s }", action, strings.Join(pairs, ", ")))
		return true
	}
	if alone := r.options.Actions[action].Alone; alone != "" {
		r.add(d.WithFix("write %s: { %s: %s }", action, alone, quoted(text)))
		return true
	}
	r.add(d.WithFix("write each below the action, as a key with its value: slipway doc %s", action))
	return true
}

// pairsOf reads "key=value key='two words'" as entries of a mapping; nil when
// the text is something else.
func pairsOf(text string) []string {
	var pairs []string
	for _, word := range wordsOf(text) {
		key, value, ok := strings.Cut(word, "=")
		if !ok || key == "" || strings.Trim(key, "abcdefghijklmnopqrstuvwxyz_") != "" {
			return nil
		}
		pairs = append(pairs, key+": "+quoted(value))
	}
	return pairs
}

// wordsOf splits a text at its blanks, but for those between quotes or braces.
func wordsOf(text string) []string {
	var words []string
	var quote rune
	word, braces := "", 0
	for _, c := range text {
		switch {
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
			continue
		case c == quote:
			quote = 0
			continue
		case c == '{':
			braces++
		case c == '}':
			braces--
		case c == ' ' && quote == 0 && braces <= 0:
			words, word = append(words, word), ""
			continue
		}
		word += string(c)
	}
	return nonEmpty(append(words, word))
}

func nonEmpty(words []string) []string {
	var out []string
	for _, word := range words {
		if word != "" {
			out = append(out, word)
		}
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
