package action

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Pause is the action that waits: for a time, or for a person's answer. It is
// done once for all images of a play, or of a wave.
type Pause struct {
	Answers  *Answers  // of the person at the terminal
	Out      io.Writer // where prompts go
	Terminal bool      // there is a person
}

// pauseArgs are the arguments of `pause`.
type pauseArgs struct {
	Seconds float64       `yaml:"seconds" doc:"how long"`
	Minutes float64       `yaml:"minutes" doc:"how long"`
	For     time.Duration `yaml:"for" doc:"how long" example:"5m"`
	Prompt  string        `yaml:"prompt" doc:"a question to the person at the terminal. With a time as well, the answer is waited for so long and is empty after it" example:"Promote to latest? (yes/no)"`
}

// pauseResult is what is registered of `pause`.
type pauseResult struct {
	UserInput string  `yaml:"user_input" doc:"the line that was answered; empty when there was no prompt, no answer in time, or in check mode"`
	Elapsed   float64 `yaml:"elapsed" doc:"the seconds that were waited"`
}

// Declare declares the action.
func (*Pause) Declare() declare.Action {
	return declare.Action{
		Name:    "pause",
		Summary: "wait for a time, or for a person's answer",
		Alone:   "prompt",
		About: "One of seconds, minutes and for says how long. With a prompt the run waits for a line from the terminal; without a terminal " +
			"a prompt is a mistake that is told before the run. Given nothing, it asks for the return key.",
		Args: new(pauseArgs), Result: new(pauseResult),
		Check: "Does not wait and asks nothing.",
		Joint: "always",
		Examples: []string{
			"pause:\n  for: 5m",
			"name: Ask before the release\npause:\n  prompt: \"Promote to latest? (yes/no)\"\nregister: answer",
		},
		Rule: checkPause,
	}
}

func checkPause(args document.Node) diag.List {
	var first document.Node
	for _, key := range []string{"seconds", "minutes", "for"} {
		n := args.Get(key)
		if n.IsZero() {
			continue
		}
		if first.Kind() != document.Absent {
			return diag.List{diag.Errorf("two-times", n.Pos(), "how long to wait is said twice").
				WithDetail("The first time is at %s.", first.Pos()).WithFix("keep one of seconds, minutes and for")}
		}
		first = n
	}
	return nil
}

// Asks reports whether with arguments as written a person is asked.
func (*Pause) Asks(args document.Node) bool {
	timed := !args.Get("seconds").IsZero() || !args.Get("minutes").IsZero() || !args.Get("for").IsZero()
	return !args.Get("prompt").IsZero() || !timed
}

// Joins reports that one pause is for all images.
func (*Pause) Joins(document.Node) bool { return true }

// Run waits for one image; the engine calls RunTogether instead.
func (p *Pause) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	end := p.RunTogether(ctx, []engine.Step{step}, nil)[0]
	return end.Result, end.Err
}

// RunTogether waits, once.
func (p *Pause) RunTogether(ctx context.Context, steps []engine.Step, _ []string) []engine.Ending {
	args, err := declare.Decode[pauseArgs](steps[0].Args)
	if err != nil {
		return all(steps, engine.Ending{Err: err})
	}
	if steps[0].Check {
		return all(steps, engine.Ending{Result: engine.Result{Skipped: true, Values: declare.Values(pauseResult{})}})
	}
	begun := time.Now()
	answer, err := p.wait(ctx, args, p.Asks(steps[0].Args))
	took := time.Since(begun)
	return all(steps, engine.Ending{Err: err, Result: engine.Result{
		Verb: "waited", Detail: took.Round(time.Second).String(),
		Values: declare.Values(pauseResult{UserInput: answer, Elapsed: took.Seconds()}),
	}})
}

func (p *Pause) wait(ctx context.Context, args pauseArgs, asks bool) (string, error) {
	var over <-chan time.Time
	length := args.For + time.Duration(args.Seconds*float64(time.Second)) + time.Duration(args.Minutes*float64(time.Minute))
	if length > 0 || !asks {
		timer := time.NewTimer(length)
		defer timer.Stop()
		over = timer.C
	}
	if !asks {
		select {
		case <-over:
			return "", nil
		case <-ctx.Done():
			return "", context.Cause(ctx)
		}
	}
	if !p.Terminal {
		return "", errNoTerminal
	}
	if args.Prompt == "" {
		args.Prompt = "Press return to go on"
	}
	if _, err := fmt.Fprintf(p.Out, "\n%s: ", args.Prompt); err != nil {
		return "", fmt.Errorf("asking: %w", err)
	}
	return p.Answers.Next(ctx, over)
}
