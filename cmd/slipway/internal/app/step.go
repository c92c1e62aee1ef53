package app

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/playbook"
)

// forks is how many steps may be under way at once: twice the processors unless
// it is said, for steps wait more than they compute.
func (r RunRequest) forks() int {
	if r.Forks > 0 {
		return r.Forks
	}
	return 2 * runtime.NumCPU()
}

// heartbeat is how long a step may be silent.
func (a *App) heartbeat() time.Duration {
	settings, err := a.Config()
	if err != nil {
		return 0
	}
	return time.Duration(settings.Number("heartbeat")) * time.Second
}

// startAt finds the task at which a run is to begin; nil is the first.
func startAt(p *plan.Plan, name string) (*playbook.Task, error) {
	if name == "" {
		return nil, nil
	}
	task, found := p.StartAt(name)
	return task, found.Err()
}

// keyboard is what a person types: one, so that no question takes the line that
// is another's.
func (a *App) keyboard() *action.Answers {
	answers, _ := a.parts.keyboard.get(func() (*action.Answers, error) { return &action.Answers{In: a.Streams.In}, nil })
	return answers
}

// confirm asks before each task, as ansible-playbook --step does. What is not
// understood is no.
func (a *App) confirm(step bool) engine.Confirm {
	if !step {
		return nil
	}
	return func(ctx context.Context, task string) (engine.Answer, error) {
		_, _ = fmt.Fprintf(a.Streams.Err, "\nPerform task: TASK: %s (N)o/(y)es/(c)ontinue: ", task)
		answer, err := a.keyboard().Next(ctx, nil)
		switch strings.ToLower(strings.TrimSpace(answer)) {
		case "y", "yes":
			return engine.Yes, err
		case "c", "continue":
			return engine.Continue, err
		default:
			return engine.No, err
		}
	}
}
