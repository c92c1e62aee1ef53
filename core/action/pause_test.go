package action_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/sdk/diag"
)

func TestPauseWaits(t *testing.T) {
	tests := []struct {
		args string
		want time.Duration
	}{{"seconds: 90", 90 * time.Second}, {"minutes: 0.5", 30 * time.Second}, {"for: 5m", 5 * time.Minute}, {"for: 7", 7 * time.Second}, {"for: 0s", 0}}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			begun := time.Now()
			got, err := newStand(t).run(new(action.Pause), tt.args)
			if took := time.Since(begun); err != nil || took != tt.want || got.Values["elapsed"] != tt.want.Seconds() || got.Detail != tt.want.String() {
				t.Errorf("%s: %s, %+v, %v", tt.args, took, got, err)
			}
			got, err = newStand(t).run(new(action.Pause), tt.args, checking)
			if took := time.Since(begun); err != nil || took != tt.want || !got.Skipped {
				t.Errorf("in check mode: %s, %+v, %v", took, got, err)
			}
		})
	}
}

func TestPauseAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, keyboard := io.Pipe()
		var out bytes.Buffer
		pause := &action.Pause{Answers: &action.Answers{In: in}, Out: &out, Terminal: true}
		s := newStand(t)
		press := func(line string) { _, _ = io.WriteString(keyboard, line) }

		go press("yes\r\n")
		got, err := s.run(pause, "prompt: 'Promote {{ .image.name }}?'")
		if err != nil || got.Values["user_input"] != "yes" {
			t.Errorf("%+v, %v", got, err)
		}
		got, err = s.run(pause, "prompt: And now?\nfor: 1m")
		if err != nil || got.Values["user_input"] != "" || got.Values["elapsed"] != 60.0 {
			t.Errorf("nobody answers in time: %+v, %v", got, err)
		}
		press("too late\n")
		synctest.Wait()
		go press("in time\n")
		got, err = s.run(pause, "prompt: And now?\nfor: 1m")
		if err != nil || got.Values["user_input"] != "in time" {
			t.Errorf("a line that was typed before the question answers it: %+v, %v", got, err)
		}
		go func() { _ = keyboard.Close() }()
		_, err = s.run(pause, "")
		fails(t, "reading the answer: EOF", err)
		want := "\nPromote web?: \nAnd now?: \nAnd now?: \nPress return to go on: "
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestPauseIsInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t)
		in, keyboard := io.Pipe()
		defer func() { _ = keyboard.Close() }()
		for _, args := range []string{"for: 5m", "prompt: Well?"} {
			step, err := s.step(new(action.Pause), args)
			if err != nil {
				t.Fatal(err)
			}
			stopped := errors.New("interrupted")
			ctx, stop := context.WithCancelCause(t.Context())
			time.AfterFunc(time.Second, func() { stop(stopped) })
			pause := &action.Pause{Answers: &action.Answers{In: in}, Out: io.Discard, Terminal: true}
			if _, err := pause.Run(ctx, step); !errors.Is(err, stopped) {
				t.Errorf("%s: %v", args, err)
			}
		}
	})
}

func TestPauseIsOneForAll(t *testing.T) {
	s := newStand(t)
	step, err := s.step(new(action.Pause), "prompt: Well?")
	if err != nil {
		t.Fatal(err)
	}
	pause := &action.Pause{Answers: &action.Answers{In: strings.NewReader("one")}, Out: io.Discard, Terminal: true}
	ends := pause.RunTogether(t.Context(), []engine.Step{step, step}, nil)
	if len(ends) != 2 || ends[1].Result.Values["user_input"] != "one" || ends[1].Err != nil {
		t.Errorf("%+v", ends)
	}
}

func TestPauseWithoutATerminal(t *testing.T) {
	at := diag.Pos{File: "p.yml", Line: 3, Column: 7}
	tests := []struct{ args, want string }{
		{"for: 5m", ""},
		{"prompt: Well?", `p.yml:1:9: error[no-terminal]: pause asks a person, and there is no terminal to ask at (run it from a terminal, wait for a time with for, or leave the task out with --skip-tags)`},
		{"{}", `p.yml:3:7: error[no-terminal]: pause asks a person, and there is no terminal to ask at (run it from a terminal, wait for a time with for, or leave the task out with --skip-tags)`},
	}
	for _, tt := range tests {
		n, _ := document.Parse("p.yml", []byte(tt.args))
		fails(t, tt.want, action.CheckPause(n, at).Err())
	}
	_, err := newStand(t).run(new(action.Pause), "prompt: Well?")
	fails(t, "there is no terminal to ask at", err)
}
