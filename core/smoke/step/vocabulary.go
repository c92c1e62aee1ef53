package step

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A Vocabulary is the set of sentences that features may use. It is read-only
// and may be shared.
type Vocabulary struct {
	definitions []Definition
	patterns    []pattern
}

// New returns the vocabulary of the given definitions, in their order. The
// error names the first definition that is no good: an unknown parameter, a
// missing field, or an example that it does not match or shares with another.
func New(definitions []Definition) (*Vocabulary, error) {
	v := &Vocabulary{definitions: definitions}
	for _, d := range definitions {
		p, err := compile(d.Pattern)
		if err != nil {
			return nil, err
		}
		if d.Run == nil || d.Doc == "" || d.Keyword == "" {
			return nil, fmt.Errorf("the step %q needs a keyword, a doc and a function", d.Pattern)
		}
		v.patterns = append(v.patterns, p)
	}
	for _, d := range definitions {
		if err := v.checkExample(d); err != nil {
			return nil, err
		}
	}
	return v, nil
}

func (v *Vocabulary) checkExample(d Definition) error {
	sentence, _, _ := strings.Cut(d.Example, "\n")
	matches := v.Match(sentence)
	if len(matches) != 1 || matches[0].Definition.Pattern != d.Pattern {
		return fmt.Errorf("the example %q of the step %q matches %d steps, want that step alone", sentence, d.Pattern, len(matches))
	}
	if errs := matches[0].Check(); len(errs) > 0 {
		return fmt.Errorf("the example %q of the step %q: %w", sentence, d.Pattern, errs[0])
	}
	return nil
}

// Definitions returns all definitions in their order.
func (v *Vocabulary) Definitions() []Definition { return slices.Clone(v.definitions) }

// Match returns the definitions that text matches: one when all is well.
func (v *Vocabulary) Match(text string) []Match {
	var out []Match
	for i, p := range v.patterns {
		if raw, ok := p.captures(text); ok {
			out = append(out, Match{Definition: &v.definitions[i], raw: raw, kinds: p.kinds})
		}
	}
	return out
}

// Expression returns the anchored regular expression of definition i, in the
// order of Definitions, without capturing groups: it says whether a sentence
// matches, and Match says with which arguments.
func (v *Vocabulary) Expression(i int) *regexp.Regexp { return v.patterns[i].plain }

// Search returns the definitions that have every word of text, without regard
// to case, in their keyword, pattern, doc or example. An empty text finds all.
func (v *Vocabulary) Search(text string) []Definition {
	words := strings.Fields(strings.ToLower(text))
	var out []Definition
	for _, d := range v.definitions {
		hay := strings.ToLower(strings.Join([]string{d.Keyword, d.Pattern, d.Doc, d.Example}, "\n"))
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(hay, w) }) {
			out = append(out, d)
		}
	}
	return out
}

// Nearest returns up to n definitions whose sentences are nearest to text,
// counted in words, nearest first. Those that share less than half of their
// words with it are left out.
func (v *Vocabulary) Nearest(text string, n int) []Definition {
	type scored struct {
		distance int
		d        Definition
	}
	words := tokens(text)
	var near []scored
	for _, d := range v.definitions {
		theirs := tokens(d.Pattern)
		if distance := wordDistance(words, theirs); distance <= max(len(words), len(theirs)) {
			near = append(near, scored{distance, d})
		}
	}
	slices.SortStableFunc(near, func(a, b scored) int { return cmp.Compare(a.distance, b.distance) })
	var out []Definition
	for _, s := range near[:min(n, len(near))] {
		out = append(out, s.d)
	}
	return out
}

// Digest stands for the sentences of v: a verdict is bound to it, so that
// evidence from before a sentence changed its meaning is not relied on. What a
// sentence does is the business of slipway's version.
func (v *Vocabulary) Digest() string {
	h := sha256.New()
	for _, d := range v.definitions {
		fmt.Fprintf(h, "%s\x00%s\x00", d.Pattern, d.Doc)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}
