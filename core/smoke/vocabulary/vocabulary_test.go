package vocabulary_test

import (
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
