package decide_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What was changed since a ruling is told, whatever the run has seen of it; a
// parent that is another one by now is not: it was bound when the ruling was made.
func TestChanged(t *testing.T) {
	m := on("web", external[0])
	m.URL = "https://files.test/archive"
	y := newShipyard(t, m)
	y.outside[external[0]], y.etags[m.URL] = "sha256:first", `"first"`
	d, images := y.machine()
	decision, err := d.Decide(t.Context(), images[0])
	if err != nil {
		t.Fatal(err)
	}
	changed := func() []string {
		t.Helper()
		reasons, err := d.Changed(t.Context(), images[0], decision.Rulings[0])
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, r := range reasons {
			out = append(out, r.What)
		}
		return out
	}
	y.outside[external[0]] = "sha256:second"
	if got := changed(); got != nil {
		t.Errorf("nothing was, and yet: %v", got)
	}
	y.write("web", "src/file", "edited\n")
	y.etags[m.URL] = `"second"`
	if diff := cmp.Diff([]string{m.URL, "src/file"}, changed()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
