package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
)

// A joint action that does what a function says.
type joint struct {
	act
	together func(steps []engine.Step, lost []string) []engine.Ending
}

func (joint) Joins(document.Node) bool { return true }

func (j joint) RunTogether(_ context.Context, steps []engine.Step, lost []string) []engine.Ending {
	return j.together(steps, lost)
}

func TestJoint(t *testing.T) {
	var got []string
	together := joint{act(ok), func(steps []engine.Step, lost []string) []engine.Ending {
		out := make([]engine.Ending, len(steps))
		for i, s := range steps {
			got = append(got, s.Image.Name)
			out[i].Result = engine.Result{Promoted: true, Changed: true}
			if s.Image.Name == "base" {
				out[i] = engine.Ending{Err: &engine.RefusedError{Err: errors.New("held")}}
			}
		}
		got = append(got, "lost "+strings.Join(lost, ","))
		return out
	}}
	actions := map[string]engine.Action{"work": failing("java", errors.New("boom")), "promote": together, "after": act(ok)}
	events, err := run(t, "- {images: all, tasks: [{name: one, work: }, {name: set, promote: }, {name: after, after: }]}", actions, func(e *engine.Engine) { e.Forks = 1 })
	compare(t, []string{"base", "other", "lost java,app,web"}, got)
	compare(t, []string{"set base refused", "set other changed", "after other changed"}, events.ends()[5:])
	compare(t, &engine.RunError{Refused: true, Failed: true, Images: 4}, err)
	begun := map[event.Step]bool{}
	for _, e := range events.events {
		switch e := e.(type) {
		case event.StepStarted:
			begun[e.Step] = true
		case event.StepFinished:
			if !begun[e.Step] && e.Outcome != event.Blocked {
				t.Errorf("%v finished without having started", e.Step)
			}
		}
	}
}

func TestJointThatForgetsAStep(t *testing.T) {
	forgetful := joint{act(ok), func([]engine.Step, []string) []engine.Ending { return nil }}
	events, err := run(t, "- {images: web, tasks: [{name: set, promote: }]}", map[string]engine.Action{"promote": forgetful}, nil)
	compare(t, []string{"set web failed"}, events.ends())
	compare(t, &engine.RunError{Failed: true, Images: 1}, err)
}

// A joint task is attempted for all images or for none.
func TestJointRetries(t *testing.T) {
	times := 0
	flaky := joint{act(ok), func(steps []engine.Step, _ []string) []engine.Ending {
		times++
		ends := make([]engine.Ending, len(steps))
		if times < 3 {
			ends[1].Err = errors.New("boom")
		}
		return ends
	}}
	actions := map[string]engine.Action{"deploy": flaky}
	events, err := run(t, "- {images: 'base,other', tasks: [{name: up, deploy: , retries: 3, delay: 2}]}", actions, nil)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, []string{"up other again in 2s, 3 left", "up other again in 2s, 2 left", "up base ok", "up other ok"}, events.lines())

	times = -9
	events, _ = run(t, "- {images: 'base,other', tasks: [{name: up, deploy: , retries: 1, register: it, until: not .it.failed}]}", actions, nil)
	compare(t, []string{"up other again in 5s, 1 left", "up base ok", "up other failed"}, events.lines())

	slow := joint{act(ok), nil}
	events, _ = run(t, "- {images: web, tasks: [{name: up, deploy: , timeout: 1m}]}", map[string]engine.Action{"deploy": waiting{slow}}, nil)
	var last event.StepFinished
	for _, e := range events.events {
		if f, ok := e.(event.StepFinished); ok {
			last = f
		}
	}
	compare(t, "the task took longer than its timeout of 1m0s: killed", fmt.Sprint(last.Result.Err))
}

// waiting is a joint action that only ends with its context.
type waiting struct{ joint }

func (waiting) RunTogether(ctx context.Context, _ []engine.Step, _ []string) []engine.Ending {
	<-ctx.Done()
	return []engine.Ending{{Err: errors.New("killed")}}
}
