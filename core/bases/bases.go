// Package bases pins images of others: a [Lock] says which digest a reference
// stands for, whatever its registry says today, and the Dockerfile stays as it
// is.
//
// The lock is the file bases.lock beside the images of an inventory, for it
// belongs to what they are built from; slipway.lock, beside slipway.yml, is
// about programs. It is text with one line for each reference, sorted, so that
// a change of one base is a change of one line:
//
//	docker.io/library/alpine:3.20 sha256:… 2026-11-21T13:20:00Z
//
// What is pinned is the digest that the reference named, of an index where it
// named one, so that one pin serves every platform. A reference that holds a
// digest is its own pin and is never in a lock.
package bases

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/opencontainers/go-digest"

	"github.com/slipway-build/slipway/core/internal/wholefile"
	"github.com/slipway-build/slipway/core/registry/reference"
	"github.com/slipway-build/slipway/sdk/diag"
)

// File is the name of a lock.
const File = "bases.lock"

// layout is how times are written: UTC, to the second.
const layout = "2006-01-02T15:04:05Z"

// head begins a lock.
const head = "# Written by `slipway bases lock`. Keep it in version control.\n"

// A Lock holds pins by reference. The zero Lock pins nothing.
type Lock struct{ pins map[string]Pin }

// A Pin says what a reference stands for.
type Pin struct {
	Reference string    // exact, with its registry and tag: "docker.io/library/alpine:3"
	Digest    string    // "sha256:…"
	Time      time.Time // when it was pinned, to the second, UTC
}

// Read reads a lock; one that is not there is empty. All mistakes are told.
func Read(file string) (Lock, diag.List) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return Lock{}, nil
	}
	if err != nil {
		return Lock{}, diag.List{diag.Errorf("unreadable", diag.Pos{File: file}, "the lock of bases cannot be read: %v", errors.Unwrap(err))}
	}
	return Parse(file, text)
}

// Parse reads the text of a lock; file is named in diagnostics.
func Parse(file string, text []byte) (Lock, diag.List) {
	var l Lock
	var found diag.List
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		pin, problem := parsePin(line)
		if _, twice := l.pins[pin.Reference]; twice && problem == "" {
			problem = pin.Reference + " is pinned twice"
		}
		if problem != "" {
			pos := diag.Pos{File: file, Line: n, Column: 1, End: 1 + len(line)}
			found.Add(diag.Errorf("bad-lock", pos, "%s", problem).WithFix("run slipway bases lock after removing the line"))
			continue
		}
		l.Set(pin)
	}
	if err := lines.Err(); err != nil {
		found.Add(diag.Errorf("bad-lock", diag.Pos{File: file}, "the lock of bases cannot be read: %v", err))
	}
	return l, found
}

// parsePin reads one line and says what is wrong with it.
func parsePin(line string) (pin Pin, problem string) {
	words := strings.Fields(line)
	if len(words) != 3 {
		return pin, fmt.Sprintf("found %d words, want a reference, a digest and a time", len(words))
	}
	r, err := reference.Parse(words[0])
	if err != nil || r.Digest != "" || r.Exact() != words[0] {
		return pin, fmt.Sprintf("%q is no reference with a registry and a tag", words[0])
	}
	if digest.Digest(words[1]).Validate() != nil {
		return pin, fmt.Sprintf("%q is no digest", words[1])
	}
	at, err := time.Parse(layout, words[2])
	if err != nil || at.Format(layout) != words[2] {
		return pin, fmt.Sprintf("%q is no time such as 2006-01-02T15:04:05Z", words[2])
	}
	return Pin{Reference: words[0], Digest: words[1], Time: at}, ""
}

// Find returns the pin of an exact reference.
func (l Lock) Find(ref string) (Pin, bool) {
	pin, ok := l.pins[ref]
	return pin, ok
}

// Set adds a pin or takes the place of an older one.
func (l *Lock) Set(pin Pin) {
	if l.pins == nil {
		l.pins = map[string]Pin{}
	}
	l.pins[pin.Reference] = pin
}

// Keep drops the pins of all references but these.
func (l *Lock) Keep(refs []string) (dropped []Pin) {
	for _, pin := range l.Pins() {
		if !slices.Contains(refs, pin.Reference) {
			dropped = append(dropped, pin)
			delete(l.pins, pin.Reference)
		}
	}
	return dropped
}

// Pins returns all pins, by reference.
func (l Lock) Pins() []Pin {
	out := make([]Pin, 0, len(l.pins))
	for _, pin := range l.pins {
		out = append(out, pin)
	}
	slices.SortFunc(out, func(a, b Pin) int { return cmp.Compare(a.Reference, b.Reference) })
	return out
}

// Moved returns the references that stand for something else in other.
func (l Lock) Moved(other Lock) []string {
	var out []string
	for _, pin := range slices.Concat(l.Pins(), other.Pins()) {
		if l.pins[pin.Reference].Digest != other.pins[pin.Reference].Digest && !slices.Contains(out, pin.Reference) {
			out = append(out, pin.Reference)
		}
	}
	slices.Sort(out)
	return out
}

// Text returns the lock as it is written.
func (l Lock) Text() []byte {
	b := bytes.NewBufferString(head)
	for _, pin := range l.Pins() {
		fmt.Fprintf(b, "%s %s %s\n", pin.Reference, pin.Digest, pin.Time.UTC().Format(layout))
	}
	return b.Bytes()
}

// Write writes the lock to file, all of it or nothing.
func (l Lock) Write(file string) error {
	if err := wholefile.WriteDurably(file, l.Text(), 0o644); err != nil {
		return fmt.Errorf("writing %s: %w", file, err)
	}
	return nil
}
