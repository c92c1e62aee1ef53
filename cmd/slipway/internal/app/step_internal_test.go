package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/slipway-build/slipway/cmd/slipway/internal/term"
	"github.com/slipway-build/slipway/core/engine"
)

func TestConfirmReadsAnswers(t *testing.T) {
	streams, _, errs := term.Test()
	in, keyboard := io.Pipe()
	streams.In = in
	a := &App{Streams: streams}
	ask := a.confirm(true)
	for _, tt := range []struct {
		typed string
		want  engine.Answer
	}{{"y\n", engine.Yes}, {"YES\r\n", engine.Yes}, {"c\n", engine.Continue}, {"\n", engine.No}, {"what?\n", engine.No}} {
		go func() { _, _ = io.WriteString(keyboard, tt.typed) }()
		if got, err := ask(t.Context(), "Build"); got != tt.want || err != nil {
			t.Errorf("%q is taken for %v, %v", tt.typed, got, err)
		}
	}
	go func() { _, _ = io.WriteString(keyboard, "y\nmore\n") }()
	if got, err := ask(t.Context(), "Build"); got != engine.Yes || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	// What a pause asks next is not swallowed with the answer.
	if line, err := a.keyboard().Next(t.Context(), nil); line != "more" || err != nil {
		t.Errorf("%q, %v", line, err)
	}
	_ = keyboard.Close()
	_, err := ask(t.Context(), "Build")
	if want := "reading the answer: EOF"; fmt.Sprint(err) != want {
		t.Errorf("at the end of the input: %v, want %s", err, want)
	}
	if want := "\nPerform task: TASK: Build (N)o/(y)es/(c)ontinue: "; errs.String()[:len(want)] != want {
		t.Errorf("asked %q", errs)
	}
}

// Ctrl-C ends a question that nobody has answered.
func TestConfirmIsGivenUp(t *testing.T) {
	streams, _, _ := term.Test()
	in, keyboard := io.Pipe()
	defer func() { _ = keyboard.Close() }()
	streams.In = in
	stopped := errors.New("interrupted")
	ctx, stop := context.WithCancelCause(t.Context())
	stop(stopped)
	if _, err := (&App{Streams: streams}).confirm(true)(ctx, "Build"); !errors.Is(err, stopped) {
		t.Errorf("%v", err)
	}
}
