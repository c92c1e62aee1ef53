package plugintest

import (
	"testing"
)

// Run makes all checks as subtests of t, so that `go test -run 'X/P13'` makes
// one of them.
func Run(t *testing.T, o Options) {
	t.Helper()
	o, err := o.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checks() {
		t.Run(c.id, func(t *testing.T) {
			r := c.result(t.Context(), o)
			if r.Skipped != "" {
				t.Skipf("%s: %s", r.Title, r.Skipped)
			}
			if r.Err != nil {
				t.Errorf("%s: %v", r.Title, r.Err)
			}
		})
	}
}
