package build

import (
	"bytes"
	"strings"
	"sync"
)

// A tail remembers the last lines written to it.
type tail struct {
	mu    sync.Mutex
	size  int
	lines []string
	open  bool // the last line has not ended
}

// Write takes output in whatever pieces it comes.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for line := range bytes.Lines(p) {
		text := strings.TrimRight(string(line), "\r\n")
		if t.open && len(t.lines) > 0 {
			t.lines[len(t.lines)-1] += text
		} else {
			t.lines = append(t.lines, text)
		}
		t.open = !bytes.HasSuffix(line, []byte("\n"))
	}
	t.lines = t.lines[max(0, len(t.lines)-t.size):]
	return len(p), nil
}

// reset forgets everything.
func (t *tail) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines, t.open = nil, false
}

// String returns the lines.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Join(t.lines, "\n")
}
