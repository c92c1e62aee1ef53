package report

import (
	"fmt"
	"io"

	"github.com/slipway-build/slipway/core/event"
)

// Chat shows what is said beside the lines of a run, as it happens: the output
// of steps, that a silent one is still under way, warnings.
type Chat struct {
	Err    io.Writer
	Style  Style
	Source func(file string) []byte // for snippets; nil answers are fine

	// Verbosity is how much more is told: from 1 the full result of every step,
	// whole digests and times, from 2 where each task is written, from 3 each step
	// as it begins.
	Verbosity int
}

// chat shows e if it is no line of the run.
func (c *Chat) chat(e event.Event) {
	switch e := e.(type) {
	case event.StepStarted:
		if c.Verbosity >= 3 {
			c.say(e.Step.Image, e.Step.Name+" begins")
		}
	case event.LogLine:
		c.say(e.Image, e.Text)
	case event.Heartbeat:
		c.say(e.Step.Image, "still at "+e.Step.Name+" after "+Duration(e.Running))
	case event.Warning:
		Diagnostics{Style: c.Style, Source: c.Source}.Write(c.Err, e.Diagnostic)
	}
}

func (c *Chat) say(image, text string) {
	_, _ = fmt.Fprintf(c.Err, "%s %s\n", c.Style.paint(cyan, image+" |"), text)
}

// who names the image of a step, and where its work was done when that is
// somewhere else, as Ansible names a host and the one that it delegates to.
func who(step event.Step) string {
	if step.On == "" {
		return step.Image
	}
	return step.Image + " -> " + step.On
}
