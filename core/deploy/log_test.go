package deploy

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/secret"
)

func TestRing(t *testing.T) {
	tests := []struct {
		name   string
		writes []string
		want   string
	}{
		{"nothing", nil, ""},
		{"less than a file", []string{"abc", "def"}, "abcdef"},
		{"one file", []string{"0123456789", "abc"}, "0123456789abc"},
		{"two files and more", []string{"0123456789", "abcdefghij", "xyz"}, "abcdefghijxyz"},
		{"a long write", []string{"0123", strings.Repeat("x", 30), "abc"}, "0123" + strings.Repeat("x", 30) + "abc"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "log")
			for _, text := range tt.writes {
				r, err := openRing(path, 10) // anew each time: it continues
				if err != nil {
					t.Fatal(err)
				}
				if n, err := r.Write([]byte(text)); n != len(text) || err != nil {
					t.Errorf("wrote %d of %d bytes, %v", n, len(text), err)
				}
				if err := r.Close(); err != nil {
					t.Error(err)
				}
			}
			got, err := readRing(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// open opens a log whose files hold limit bytes each.
func open(t *testing.T, limit int64, secrets ...string) (*log, *os.File) {
	t.Helper()
	var mask secret.Mask
	for _, s := range secrets {
		mask.Hide(s)
	}
	l, theirs, err := openLog(filepath.Join(t.TempDir(), "log"), &mask)
	if err != nil {
		t.Fatal(err)
	}
	l.mu.Lock()
	l.ring.limit = limit
	l.mu.Unlock()
	t.Cleanup(func() {
		_ = theirs.Close()
		l.close()
	})
	return l, theirs
}

// What was printed is in the log when that is read, however soon; what may be
// the beginning of a secret is shown and not written down.
func TestLogHasAllThatWasPrinted(t *testing.T) {
	l, theirs := open(t, ringBytes, "hunter2")
	var want strings.Builder
	for i := range 200 {
		for _, step := range []struct{ print, shown string }{
			{fmt.Sprint(i, " hun"), fmt.Sprint(i, " hun")}, {"ter", "ter"}, {"2 is ", ""}, {"all\n", "all\n"},
		} {
			if _, err := theirs.WriteString(step.print); err != nil {
				t.Fatal(err)
			}
			if step.shown == "" { // now it is decided
				line := strings.TrimSuffix(want.String(), "hunter")
				want.Reset()
				want.WriteString(line + "******** is ")
			}
			want.WriteString(step.shown)
			got, err := l.read()
			if err != nil || string(got) != want.String() {
				t.Fatalf("got %q, %v\nwant %q", got, err, want.String())
			}
			if file, _ := os.ReadFile(l.ring.path); strings.HasSuffix(string(file), "hun") || strings.HasSuffix(string(file), "hunter") {
				t.Fatal("the beginning of a secret was written down")
			}
		}
	}
}

// A log that is flooded holds the end of it, whole lines in their order, in not
// much more than two files' worth.
func TestLogIsBounded(t *testing.T) {
	const limit = 1 << 20
	l, theirs := open(t, limit, "hunter2")
	cmd := exec.CommandContext(t.Context(), "sh", "-c", `i=0; while [ $i -lt 200000 ]; do i=$((i+1)); echo "$i hunter2 is flooding"; done`)
	cmd.Stdout = theirs
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	got, err := l.read()
	if err != nil {
		t.Fatal(err)
	}
	if most := 2*limit + 2*len(l.buf); len(got) > most || len(got) < limit {
		t.Errorf("the log holds %d bytes, wanted %d to %d", len(got), limit, most)
	}
	lines := strings.Split(strings.TrimSuffix(string(got), "\n"), "\n")[1:] // the first may be cut
	for i, line := range lines {
		if want := fmt.Sprintf("%d ******** is flooding", 200000-len(lines)+1+i); line != want {
			t.Fatalf("got %q, want %q", line, want)
		}
	}
}

// A log that cannot be written says so, and holds nobody up.
func TestLogThatCannotBeWritten(t *testing.T) {
	l, theirs := open(t, 1)
	if err := os.Mkdir(older(l.ring.path), 0o755); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if _, err := theirs.Write(make([]byte, 64<<10)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := l.read()
	want := fmt.Sprintf("writing the log: beginning a new file: rename %s %s.1: file exists", l.ring.path, l.ring.path)
	if fmt.Sprint(err) != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
