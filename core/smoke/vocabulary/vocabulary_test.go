package vocabulary_test

import (
	"strings"
	"testing"

	"github.com/slipway-build/slipway/core/smoke/vocabulary"
)

// New holds every example against every pattern: each means one step.
func TestVocabularyHolds(t *testing.T) {
	v, err := vocabulary.New()
	if err != nil {
		t.Fatal(err)
	}
	if n := len(v.Definitions()); n < 55 {
		t.Errorf("the vocabulary has %d steps, want at least 55", n)
	} else {
		t.Logf("%d steps", n)
	}
}

// No sentence means two steps, whatever it is. The seeds are all examples and
// the beginning of each with the end of the next.
func FuzzOneMeaning(f *testing.F) {
	v, err := vocabulary.New()
	if err != nil {
		f.Fatal(err)
	}
	before := ""
	for _, d := range v.Definitions() {
		sentence, _, _ := strings.Cut(d.Example, "\n")
		f.Add(sentence)
		f.Add(before[:len(before)/2] + sentence[len(sentence)/2:])
		before = sentence
	}
	f.Fuzz(func(t *testing.T, text string) {
		matches := v.Match(text)
		if len(matches) > 1 {
			t.Errorf("%q means %q and %q", text, matches[0].Definition.Pattern, matches[1].Definition.Pattern)
		}
		for _, m := range matches {
			if len(m.Check()) > 0 {
				continue
			}
			if _, err := m.Args(func(string) (string, error) { return "1", nil }, "", nil); err != nil && !strings.Contains(text, "{{") {
				t.Errorf("%q is checked, yet: %v", text, err)
			}
		}
	})
}
