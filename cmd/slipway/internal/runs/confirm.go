package runs

import (
	"bufio"
	"context"
	"fmt"
	"strings"

	"github.com/slipway-build/slipway/core/engine"
)

// confirm asks before each task, as ansible-playbook --step does. What is not
// understood, and the end of the input, is no.
func (r *Runner) confirm(step bool) engine.Confirm {
	if !step {
		return nil
	}
	in := bufio.NewScanner(r.app.Streams.In)
	return func(_ context.Context, task string) (engine.Answer, error) {
		_, _ = fmt.Fprintf(r.app.Streams.Err, "\nPerform task: TASK: %s (N)o/(y)es/(c)ontinue: ", task)
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
