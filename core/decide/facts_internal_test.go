package decide

import (
	"crypto/rand"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/buildkey"
)

func TestFactsTravel(t *testing.T) {
	want := buildkey.Facts{
		Strategy: "dockerfile", Version: "1", Platform: "linux/amd64", Args: map[string]string{"A": "1"},
		Files:  []buildkey.File{{Path: "a", Mode: "file 0644", Digest: "sha256:x", Lines: 3}},
		Images: []buildkey.ImageIdentity{{Reference: "localhost/base", Kind: "base", Identity: "sha256:y"}},
	}
	text, err := packFacts(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := unpackFacts(text)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// A manifest that is too large would be refused: rather no facts than no push.
func TestTooManyFactsStayAtHome(t *testing.T) {
	noise := make([]byte, maxFacts)
	_, _ = rand.Read(noise)
	text, err := packFacts(buildkey.Facts{Fingerprint: string(noise)})
	if text != "" || err != nil {
		t.Errorf("%d bytes, %v; want none", len(text), err)
	}
}

func FuzzUnpackFacts(f *testing.F) {
	good, err := packFacts(buildkey.Facts{Strategy: "x"})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{good, "", "!", "H4sIAAAA"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		facts, err := unpackFacts(text)
		if err != nil {
			return
		}
		again, err := packFacts(facts)
		if err != nil {
			t.Fatal(err)
		}
		back, err := unpackFacts(again)
		if err != nil || buildkey.Compute(back) != buildkey.Compute(facts) {
			t.Errorf("%q does not come back: %v", text, err)
		}
	})
}
