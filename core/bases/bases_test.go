package bases_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/bases"
)

var (
	one = "sha256:" + strings.Repeat("1", 64)
	two = "sha256:" + strings.Repeat("2", 64)
	day = time.Date(2026, 11, 21, 13, 20, 0, 0, time.UTC)
)

func pin(ref, digest string) bases.Pin {
	return bases.Pin{Reference: ref, Digest: digest, Time: day}
}

func lock(pins ...bases.Pin) bases.Lock {
	var l bases.Lock
	for _, p := range pins {
		l.Set(p)
	}
	return l
}

func TestLockIsSortedAndReadBack(t *testing.T) {
	file := filepath.Join(t.TempDir(), bases.File)
	if none, ds := bases.Read(file); len(none.Pins()) > 0 || ds != nil {
		t.Errorf("a lock that is not there: %v, %v", none, ds)
	}
	want := lock(pin("quay.io/acme/tool:1", two), pin("docker.io/library/alpine:3", one))
	if err := want.Write(file); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := "# Written by `slipway bases lock`. Keep it in version control.\n" +
		"docker.io/library/alpine:3 " + one + " 2026-11-21T13:20:00Z\n" +
		"quay.io/acme/tool:1 " + two + " 2026-11-21T13:20:00Z\n"
	if diff := cmp.Diff(lines, string(text)); diff != "" {
		t.Errorf("the file (-want +got):\n%s", diff)
	}
	got, ds := bases.Read(file)
	if diff := cmp.Diff(want.Pins(), got.Pins()); diff != "" || ds != nil {
		t.Errorf("%v (-want +got):\n%s", ds, diff)
	}
}

func TestLockMistakes(t *testing.T) {
	text := strings.Join([]string{
		"alpine " + one + " 2026-11-21T13:20:00Z",
		"quay.io/a/b:1 sha256:1 2026-11-21T13:20:00Z",
		"quay.io/a/b:1 " + one + " yesterday",
		"quay.io/a/b:1",
		"quay.io/a/b:1 " + one + " 2026-11-21T13:20:00Z",
		"quay.io/a/b:1 " + two + " 2026-11-21T13:20:00Z",
	}, "\n")
	_, ds := bases.Parse("bases.lock", []byte(text))
	var got []string
	for _, d := range ds {
		got = append(got, d.Pos.String()+" "+d.Summary)
	}
	want := []string{
		`bases.lock:1:1 "alpine" is no reference with a registry and a tag`,
		`bases.lock:2:1 "sha256:1" is no digest`,
		`bases.lock:3:1 "yesterday" is no time such as 2006-01-02T15:04:05Z`,
		`bases.lock:4:1 found 1 words, want a reference, a digest and a time`,
		`bases.lock:6:1 quay.io/a/b:1 is pinned twice`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if fix := ds[0].Fix; fix != "run slipway bases lock after removing the line" {
		t.Errorf("the fix is %q", fix)
	}
}

func TestMovedAndKept(t *testing.T) {
	before := lock(pin("quay.io/a/a:1", one), pin("quay.io/a/b:1", one), pin("quay.io/a/c:1", one))
	after := lock(pin("quay.io/a/a:1", one), pin("quay.io/a/b:1", two), pin("quay.io/a/d:1", one))
	if diff := cmp.Diff([]string{"quay.io/a/b:1", "quay.io/a/c:1", "quay.io/a/d:1"}, before.Moved(after)); diff != "" {
		t.Errorf("moved (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]bases.Pin{pin("quay.io/a/c:1", one)}, before.Keep([]string{"quay.io/a/a:1", "quay.io/a/b:1"})); diff != "" {
		t.Errorf("dropped (-want +got):\n%s", diff)
	}
	if _, ok := before.Find("quay.io/a/c:1"); ok {
		t.Error("what was dropped is found")
	}
}

// What a lock says is what is written from it, whatever it was read from.
func FuzzParse(f *testing.F) {
	f.Add([]byte("# a comment\nquay.io/a/b:1 " + one + " 2026-11-21T13:20:00Z\n"))
	f.Add([]byte("quay.io/a/b:1 " + one + " 2026-11-21T13:20:00.5Z"))
	f.Fuzz(func(t *testing.T, text []byte) {
		l, ds := bases.Parse("bases.lock", text)
		if ds.Err() != nil {
			return
		}
		again, ds := bases.Parse("bases.lock", l.Text())
		if diff := cmp.Diff(l.Pins(), again.Pins()); diff != "" || ds != nil {
			t.Errorf("%v (-read +again):\n%s", ds, diff)
		}
	})
}
