package runs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/engine"
)

func TestConfirm(t *testing.T) {
	in, person := io.Pipe()
	keyboard := &action.Answers{In: in}
	var out strings.Builder
	ask := confirm(&out, keyboard)
	for _, tt := range []struct {
		typed string
		want  engine.Answer
	}{{"y\n", engine.Yes}, {"YES\r\n", engine.Yes}, {"c\n", engine.Continue}, {"\n", engine.No}, {"what?\n", engine.No}} {
		go func() { _, _ = io.WriteString(person, tt.typed) }()
		if got, err := ask(t.Context(), "Build"); got != tt.want || err != nil {
			t.Errorf("%q is taken for %v, %v", tt.typed, got, err)
		}
	}
	if want := "\nPerform task: TASK: Build (N)o/(y)es/(c)ontinue: "; out.String() != strings.Repeat(want, 5) {
		t.Errorf("asked %q", out.String())
	}
	// What a pause asks next is not swallowed with the answer.
	go func() { _, _ = io.WriteString(person, "y\nmore\n") }()
	if got, err := ask(t.Context(), "Build"); got != engine.Yes || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	if line, err := keyboard.Next(t.Context(), nil); line != "more" || err != nil {
		t.Errorf("%q, %v", line, err)
	}
	_ = person.Close()
	_, err := ask(t.Context(), "Build")
	if want := "reading the answer: EOF"; fmt.Sprint(err) != want {
		t.Errorf("at the end of the input: %v, want %s", err, want)
	}
}

// Ctrl-C ends a question that nobody has answered.
func TestConfirmIsGivenUp(t *testing.T) {
	in, person := io.Pipe()
	defer func() { _ = person.Close() }()
	stopped := errors.New("interrupted")
	ctx, stop := context.WithCancelCause(t.Context())
	stop(stopped)
	if _, err := confirm(io.Discard, &action.Answers{In: in})(ctx, "Build"); !errors.Is(err, stopped) {
		t.Errorf("%v", err)
	}
}
