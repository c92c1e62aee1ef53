package engine

import (
	"bytes"
	"io"
	"sync"

	"github.com/slipway-build/slipway/core/event"
)

// Logs opens the file that keeps the whole output of a step and says where it
// is.
type Logs func(step event.Step) (file io.WriteCloser, path string, err error)

// A stepLog keeps the output of one step whole in a file, opened at the first
// write, and shows it line by line.
type stepLog struct {
	step   event.Step
	open   Logs
	events event.Sink

	mu   sync.Mutex
	file io.WriteCloser
	path string
	part []byte // a line that has not ended yet
}

// Write keeps and shows p. That a log cannot be kept does not fail the step:
// the lines are shown all the same.
func (l *stepLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil && l.open != nil {
		l.file, l.path, _ = l.open(l.step)
		if l.file == nil {
			l.open = nil
		}
	}
	if l.file != nil {
		_, _ = l.file.Write(p)
	}
	l.show(p)
	return len(p), nil
}

// show emits the lines that p ends.
func (l *stepLog) show(p []byte) {
	for {
		line, rest, ended := bytes.Cut(p, []byte{'\n'})
		l.part = append(l.part, line...)
		if !ended {
			return
		}
		l.emit()
		p = rest
	}
}

// emit shows the collected line as a terminal would leave it: what stands
// before a carriage return has been overwritten.
func (l *stepLog) emit() {
	text := bytes.TrimRight(l.part, "\r")
	text = text[bytes.LastIndexByte(text, '\r')+1:]
	l.events.Emit(event.LogLine{Image: l.step.Image, Text: string(text)})
	l.part = l.part[:0]
}

// close shows an unfinished last line, closes the file and returns its path.
func (l *stepLog) close() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.part) > 0 {
		l.emit()
	}
	if l.file != nil {
		_ = l.file.Close()
	}
	return l.path
}
