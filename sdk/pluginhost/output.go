package pluginhost

import (
	"bufio"
	"bytes"
	"io"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/slipway-build/slipway/sdk/rpc"
)

const (
	tailBytes  = 64 << 10 // of standard error, kept
	lineBytes  = 64 << 10 // longer lines are handled in pieces
	strayLines = 20       // kept, of what standard output holds beside the handshake
	strayBytes = 200      // of each
)

// handshakeLine matches "core|major|network|address…" and finds the major.
var handshakeLine = regexp.MustCompile(`^\d+\|(\d+)\|(?:unix|tcp)\|`)

// output is what a plugin has printed.
type output struct {
	log func(from stream, line string)

	mu    sync.Mutex
	tail  bytes.Buffer
	stray []string
	major string // of the handshake; empty: none came
}

// A stream is one of a plugin's two.
type stream int

const (
	stdout stream = iota
	stderr
)

// readStdout passes the handshake on to handshake, and keeps all other lines.
func (o *output) readStdout(r io.Reader, handshake io.WriteCloser) {
	defer handshake.Close()
	passed := false
	eachLine(r, func(line []byte, whole bool) {
		match := handshakeLine.FindSubmatch(line)
		if passed || match == nil || !whole {
			o.addStray(string(line))
			return
		}
		passed = true
		o.setMajor(string(match[1]))
		_, _ = handshake.Write(append(trimHandshake(line), '\n'))
	})
}

// trimHandshake drops what comes after the protocol: a certificate there would
// crash a host that uses no TLS.
func trimHandshake(line []byte) []byte {
	parts := bytes.Split(line, []byte("|"))
	return bytes.Join(parts[:min(len(parts), 5)], []byte("|"))
}

// readStderr keeps the tail and logs every line.
func (o *output) readStderr(r io.Reader) {
	eachLine(r, func(line []byte, _ bool) { o.addStderr(string(line)) })
}

// eachLine calls f with each line, or piece of a line that is too long: then
// whole is false. It returns when r ends.
func eachLine(r io.Reader, f func(line []byte, whole bool)) {
	b := bufio.NewReaderSize(r, lineBytes)
	start := true
	for {
		line, more, err := b.ReadLine()
		if err != nil {
			return
		}
		f(line, start && !more)
		start = !more
	}
}

func (o *output) addStderr(line string) {
	o.mu.Lock()
	o.tail.WriteString(line)
	o.tail.WriteByte('\n')
	if over := o.tail.Len() - tailBytes; over > 0 {
		o.tail.Next(over)
	}
	o.mu.Unlock()
	o.log(stderr, line)
}

func (o *output) addStray(line string) {
	if strings.TrimSpace(line) == "" {
		return
	}
	o.mu.Lock()
	if len(o.stray) < strayLines {
		o.stray = append(o.stray, cut(line, strayBytes))
	}
	o.mu.Unlock()
	o.log(stdout, line)
}

func (o *output) setMajor(major string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.major = major
}

// foreign reports whether the handshake was of another major version.
func (o *output) foreign() bool {
	_, _, major := o.snapshot()
	return major != "" && major != strconv.Itoa(rpc.Major)
}

// snapshot returns what there is now.
func (o *output) snapshot() (tail string, stray []string, major string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.tail.String(), append([]string(nil), o.stray...), o.major
}

// lineWriter hands each line written to it to add; go-plugin writes to it what
// a plugin prints after the handshake.
type lineWriter struct {
	add     func(string)
	mu      sync.Mutex
	partial []byte
}

func (w *lineWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.partial = append(w.partial, p...)
	for {
		i := bytes.IndexByte(w.partial, '\n')
		if i < 0 && len(w.partial) < lineBytes {
			return len(p), nil
		}
		if i < 0 {
			i = len(w.partial) - 1
		}
		w.add(strings.TrimRight(string(w.partial[:i+1]), "\r\n"))
		w.partial = w.partial[i+1:]
	}
}
