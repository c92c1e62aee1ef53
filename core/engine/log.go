package engine

import (
	"bytes"
	"io"
	"sync"
	"time"

	"github.com/slipway-build/slipway/core/event"
)

// Logs opens the file that keeps the whole output of a step and says where it
// is.
type Logs func(step event.Step) (file io.WriteCloser, path string, err error)

// A stepLog keeps the output of one step whole in a file, opened at the first
// write, and shows it line by line. While there is none it tells now and then
// that the step is under way.
type stepLog struct {
	step   event.Step
	open   Logs
	events event.Sink
	secret bool // nothing is shown nor kept
	begun  time.Time
	every  time.Duration // of silence

	mu     sync.Mutex
	silent *time.Timer // nil: silence is fine
	file   io.WriteCloser
	path   string
	part   []byte // a line that has not ended yet
}

func newStepLog(j *job) *stepLog {
	e := j.wave.run.engine
	l := &stepLog{step: j.id, open: e.Logs, events: e.Events, secret: j.task.NoLog, begun: time.Now(), every: e.Heartbeat}
	if l.every > 0 {
		l.silent = time.AfterFunc(l.every, l.beat)
	}
	return l
}

// beat tells that the step is under way.
func (l *stepLog) beat() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.silent == nil {
		return // the step ended meanwhile
	}
	l.events.Emit(event.Heartbeat{Step: l.step, Running: time.Since(l.begun)})
	l.silent.Reset(l.every)
}

// Write keeps and shows p. That a log cannot be kept does not fail the step:
// the lines are shown all the same.
func (l *stepLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.silent != nil {
		l.silent.Reset(l.every)
	}
	if l.secret {
		return len(p), nil
	}
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
	if l.silent != nil {
		l.silent.Stop()
		l.silent = nil
	}
	if len(l.part) > 0 {
		l.emit()
	}
	if l.file != nil {
		_ = l.file.Close()
	}
	return l.path
}
