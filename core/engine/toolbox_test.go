package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
)

// lines lists what a run said: steps, items, attempts and its early end.
func (r *recorder) lines() []string {
	var out []string
	for _, e := range r.events {
		switch e := e.(type) {
		case event.StepFinished:
			out = append(out, finished(e))
		case event.ItemFinished:
			out = append(out, fmt.Sprintf("%s %s (%s) %s", e.Step.Name, e.Step.Image, e.Label, e.Outcome))
		case event.Retrying:
			out = append(out, fmt.Sprintf("%s %s again in %s, %d left", e.Step.Name, e.Step.Image, e.After, e.Left))
		case event.NoMoreImages:
			out = append(out, "no more images: "+e.Why)
		}
	}
	return out
}

func finished(e event.StepFinished) string {
	line := e.Step.Name + " " + e.Step.Image
	if e.Step.Item != "" {
		line += " [" + e.Step.Item + "]"
	}
	line += " " + string(e.Outcome)
	if e.Result.Cause != "" {
		line += " by " + e.Result.Cause
	}
	if e.Rescued {
		line += ", rescued"
	}
	if e.Ignored {
		line += ", ignored"
	}
	return line
}

// toolbox is actions that do what their arguments say: ok and change; fail, for
// the images in `of`, with the message `msg`, as often as `times` says; refuse;
// lost; say, which keeps what it was told; put, which defines variables.
type toolbox struct {
	mu    sync.Mutex
	said  []string
	times map[string]int
}

func (b *toolbox) actions() map[string]engine.Action {
	return map[string]engine.Action{
		"ok":     act(func(context.Context, engine.Step) (engine.Result, error) { return engine.Result{}, nil }),
		"change": act(func(context.Context, engine.Step) (engine.Result, error) { return engine.Result{Changed: true}, nil }),
		"fail":   act(b.fail),
		"refuse": act(func(context.Context, engine.Step) (engine.Result, error) {
			return engine.Result{}, &engine.RefusedError{Err: errors.New("held")}
		}),
		"lost": act(func(context.Context, engine.Step) (engine.Result, error) {
			return engine.Result{}, &engine.UnreachableError{Err: errors.New("down")}
		}),
		"say": act(b.say),
		"put": act(func(_ context.Context, s engine.Step) (engine.Result, error) {
			vars, _ := s.Args.Value().(map[string]any)
			return engine.Result{Vars: vars}, nil
		}),
		"sleep": act(func(ctx context.Context, s engine.Step) (engine.Result, error) {
			d, _ := time.ParseDuration(s.Args.Get("for").Text())
			select {
			case <-ctx.Done():
				return engine.Result{}, errors.New("killed")
			case <-time.After(d):
				return engine.Result{}, nil
			}
		}),
		"together": joint{act(ok), func(steps []engine.Step, lost []string) []engine.Ending {
			var names []string
			for _, s := range steps {
				names = append(names, s.Image.Name)
			}
			b.note("together " + strings.Join(names, ",") + " lost " + strings.Join(lost, ","))
			return make([]engine.Ending, len(steps))
		}},
	}
}

func (b *toolbox) note(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.said = append(b.said, text)
}

func (b *toolbox) say(_ context.Context, s engine.Step) (engine.Result, error) {
	b.note(s.ID.Image + ": " + s.Args.Get("msg").Text())
	return engine.Result{Detail: s.Args.Get("msg").Text()}, nil
}

func (b *toolbox) fail(_ context.Context, s engine.Step) (engine.Result, error) {
	of := strings.Split(s.Args.Get("of").Text(), ",")
	if !s.Args.Get("of").IsZero() && !slices.Contains(of, s.Image.Name) {
		return engine.Result{}, nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.times == nil {
		b.times = map[string]int{}
	}
	b.times[s.Image.Name]++
	if n, err := strconv.Atoi(s.Args.Get("times").Text()); err == nil && b.times[s.Image.Name] > n {
		return engine.Result{Values: map[string]any{"rc": 0}}, nil
	}
	msg := s.Args.Get("msg").Text()
	if msg == "" {
		msg = "boom"
	}
	return engine.Result{Values: map[string]any{"rc": 1}}, errors.New(msg)
}

// A row is a playbook and what comes of it. Steps run one at a time.
type row struct {
	name  string
	book  string
	setup func(*engine.Engine)
	want  []string
	said  []string
	err   *engine.RunError
	recap map[string]event.Count // of the images that matter
}

func check(t *testing.T, rows []row) {
	t.Helper()
	for _, tt := range rows {
		t.Run(tt.name, func(t *testing.T) {
			box := new(toolbox)
			events, err := run(t, tt.book, box.actions(), func(e *engine.Engine) {
				e.Forks = 1
				if tt.setup != nil {
					tt.setup(e)
				}
			})
			compare(t, tt.want, events.lines())
			compare(t, tt.said, box.said)
			if tt.err == nil && err != nil || tt.err != nil {
				var got *engine.RunError
				errors.As(err, &got)
				compare(t, tt.err, got)
			}
			for _, c := range events.finished().Recap {
				if want, ok := tt.recap[c.Image]; ok {
					want.Image = c.Image
					compare(t, want, c)
				}
			}
		})
	}
}
