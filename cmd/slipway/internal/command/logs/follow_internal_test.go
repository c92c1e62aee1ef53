package logs

import (
	"bufio"
	"io"
	"os"
	"testing"

	"github.com/slipway-build/slipway/core/ledger"
)

// A log that is followed is shown as it grows, other logs of the image with it,
// and ends with its run.
func TestFollow(t *testing.T) {
	l, err := ledger.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	run, err := l.Begin(ledger.Info{})
	if err != nil {
		t.Fatal(err)
	}
	add := func(task, text string) {
		file, err := os.OpenFile(run.LogPath("web", task), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if _, err := file.WriteString(text); err != nil {
			t.Fatal(err)
		}
	}
	r, w := io.Pipe()
	go func() {
		w.CloseWithError(show(t.Context(), l, &printer{out: w}, request{image: "web", follow: true}))
	}()
	lines := bufio.NewScanner(r)
	want := func(texts ...string) {
		t.Helper()
		for _, text := range texts {
			if !lines.Scan() || lines.Text() != text {
				t.Fatalf("found %q, %v; want %q", lines.Text(), lines.Err(), text)
			}
		}
	}
	add("Build", "step 1\n")
	want("step 1")
	add("Build", "step 2\n")
	want("step 2")
	add("Smoke", "scenario\n")
	want("==> Smoke <==", "scenario")
	add("Build", "the end\n")
	if err := run.End(0); err != nil {
		t.Fatal(err)
	}
	want("==> Build <==", "the end")
	if lines.Scan() || lines.Err() != nil {
		t.Errorf("after the run there is %q, %v", lines.Text(), lines.Err())
	}
}
