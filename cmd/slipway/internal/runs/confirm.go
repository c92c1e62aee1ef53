package runs

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/engine"
)

// confirm asks before each task, as ansible-playbook --step does. What is not
// understood is no.
func confirm(out io.Writer, keyboard *action.Answers) engine.Confirm {
	return func(ctx context.Context, task string) (engine.Answer, error) {
		_, _ = fmt.Fprintf(out, "\nPerform task: TASK: %s (N)o/(y)es/(c)ontinue: ", task)
		answer, err := keyboard.Next(ctx, nil)
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
