package app

import (
	"bufio"
	"context"
	"fmt"
	"runtime"
	"strings"
	"time"

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

// confirm asks before each task, as ansible-playbook --step does. What is not
// understood, and the end of the input, is no.
func (a *App) confirm(step bool) engine.Confirm {
	if !step {
		return nil
	}
	in := bufio.NewScanner(a.Streams.In)
	return func(_ context.Context, task string) (engine.Answer, error) {
		_, _ = fmt.Fprintf(a.Streams.Err, "\nPerform task: TASK: %s (N)o/(y)es/(c)ontinue: ", task)
		in.Scan()
		switch strings.ToLower(strings.TrimSpace(in.Text())) {
		case "y", "yes":
			return engine.Yes, in.Err()
		case "c", "continue":
			return engine.Continue, in.Err()
		default:
			return engine.No, in.Err()
		}
	}
}
