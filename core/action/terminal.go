package action

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// errNoTerminal says that nobody is there to be asked.
var errNoTerminal = errors.New("there is no terminal to ask at")

// CheckPause tells of a pause that would ask a person where there is no
// terminal. args are as written and pos is where the action is named.
func CheckPause(args document.Node, pos diag.Pos) diag.List {
	if !new(Pause).Asks(args) {
		return nil
	}
	if prompt := args.Get("prompt"); !prompt.IsZero() {
		pos = prompt.Pos()
	}
	return diag.List{diag.Errorf("no-terminal", pos, "pause asks a person, and there is no terminal to ask at").
		WithFix("run it from a terminal, wait for a time with for, or leave the task out with --skip-tags")}
}

// Answers are the lines that a person types. A line is read only while a
// question is open, so that others can read the same input between questions. A
// line that came too late for its question does not answer the next one.
type Answers struct {
	In io.Reader

	mu   sync.Mutex
	open chan typed // of a question that was given up before it was answered; nil: there is none
}

// A typed line, or why there is none.
type typed struct {
	line string
	err  error
}

// Next returns the next line, or "" when the time is over before; nil is never.
func (a *Answers) Next(ctx context.Context, over <-chan time.Time) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.open) > 0 {
		a.open = nil // too late
	}
	if a.open == nil {
		a.open = make(chan typed, 1)
		go func(to chan<- typed) { to <- readLine(a.In) }(a.open)
	}
	select {
	case answer := <-a.open:
		a.open = nil
		if answer.err != nil {
			return "", fmt.Errorf("reading the answer: %w", answer.err)
		}
		return answer.line, nil
	case <-over:
		return "", nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// readLine reads to the end of a line and not a byte further.
func readLine(in io.Reader) typed {
	var line []byte
	var one [1]byte
	for {
		n, err := in.Read(one[:])
		switch {
		case n == 1 && one[0] == '\n', errors.Is(err, io.EOF) && len(line) > 0:
			return typed{line: strings.TrimRight(string(line), "\r")}
		case err != nil:
			return typed{err: err}
		default:
			line = append(line, one[:n]...)
		}
	}
}
