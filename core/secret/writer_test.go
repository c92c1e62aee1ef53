package secret_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/slipway-build/slipway/core/secret"
)

func TestWriter(t *testing.T) {
	tests := []struct {
		name          string
		writes        []string
		before, after string // what was passed on before the last write's flush, and at the end
	}{
		{"one write", []string{"a s3cret b"}, "a ******** b", "a ******** b"},
		{"two", []string{"a s3c", "ret b"}, "a ******** b", "a ******** b"},
		{"byte by byte", strings.Split("a s3cret b", ""), "a ******** b", "a ******** b"},
		{"held back", []string{"a s3c"}, "a ", "a s3c"},
		{"not one after all", []string{"a s3c", "r", "!"}, "a s3cr!", "a s3cr!"},
		{"the longer of two", []string{"s3cret", "-long"}, "********", "********"},
		{"the shorter of two", []string{"s3cret", "-lo"}, "", "********-lo"},
		{"one begins in another", []string{"s3cret-", "lons3cret"}, "********-lon", "********-lon********"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			w := mask(t, "s3cret", "s3cret-long").Writer(&out)
			for _, text := range tt.writes {
				if n, err := w.Write([]byte(text)); n != len(text) || err != nil {
					t.Fatal(n, err)
				}
			}
			if got := out.String(); got != tt.before {
				t.Errorf("passed on before the end: %q, want %q", got, tt.before)
			}
			if err := w.Flush(); err != nil || out.String() != tt.after {
				t.Errorf("at the end %q, %v, want %q", out.String(), err, tt.after)
			}
		})
	}
}

// A secret that is read while a log is open is hidden from then on.
func TestWriterLearns(t *testing.T) {
	var out bytes.Buffer
	m := new(secret.Mask)
	w := m.Writer(&out)
	_, _ = w.Write([]byte("s3cret "))
	m.Hide("s3cret")
	_, _ = w.Write([]byte("s3cret\n"))
	if got := out.String(); got != "s3cret ********\n" {
		t.Errorf("got %q", got)
	}
}

type closer struct {
	bytes.Buffer
	closed bool
}

func (c *closer) Close() error { c.closed = true; return errors.New("the disk is full") }

func TestFile(t *testing.T) {
	var out closer
	f := mask(t, "s3cret").File(&out)
	_, _ = f.Write([]byte("s3cret s3"))
	err := f.Close()
	if got := out.String(); got != "******** s3" || !out.closed || err == nil || err.Error() != "the disk is full" {
		t.Errorf("the file holds %q, closed %t, %v", got, out.closed, err)
	}
}

// Whatever the pieces, a writer passes on what the text as a whole would
// become, and no secret.
func FuzzWriter(f *testing.F) {
	f.Add("s3cret", "secret-s3cret", "a s3cret-s3cret b", uint8(3))
	f.Add("aaaa", "aaaaaa", "aaaaaaaaaaaaa", uint8(1))
	f.Add("abab", "babababa", "ababababababab", uint8(2))
	f.Add("line one\nline two", "two\nthree", "line one\nline two\nthree", uint8(5))
	f.Fuzz(func(t *testing.T, one, two, text string, size uint8) {
		m := new(secret.Mask)
		var hidden []string
		for _, value := range []string{one, two} {
			if !strings.Contains(value, "*") && m.Hide(value) {
				hidden = append(hidden, strings.Trim(value, "\r\n"))
			}
		}
		text = one + text + two + text
		var out bytes.Buffer
		w := m.Writer(&out)
		for rest := []byte(text); len(rest) > 0; {
			n := min(len(rest), int(size)+1)
			_, _ = w.Write(rest[:n])
			rest = rest[n:]
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if got, want := out.String(), m.Text(text); got != want {
			t.Errorf("in pieces of %d: %q, whole: %q", int(size)+1, got, want)
		}
		for _, value := range hidden {
			if strings.Contains(out.String(), value) {
				t.Errorf("%q is in %q", value, out.String())
			}
		}
	})
}

// What is held back can be looked at without being written.
func TestHeld(t *testing.T) {
	var out strings.Builder
	w := mask(t, "hunter2").Writer(&out)
	for _, step := range []struct{ write, held, out string }{
		{"say hun", "hun", "say "}, {"ter", "hunter", "say "}, {"2", "", "say ********"}, {" hu", "hu", "say ******** "},
	} {
		if _, err := w.Write([]byte(step.write)); err != nil {
			t.Fatal(err)
		}
		if held := string(w.Held()); held != step.held || out.String() != step.out {
			t.Errorf("after %q: held %q, out %q; wanted %q and %q", step.write, held, out.String(), step.held, step.out)
		}
	}
}
