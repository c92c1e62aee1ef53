package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

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

	far map[string]string // image → how far its step is, as it said last
}

// chat shows e if it is no line of the run.
func (c *Chat) chat(e event.Event) {
	switch e := e.(type) {
	case event.StepStarted:
		delete(c.far, e.Step.Image)
		if c.Verbosity >= 3 {
			c.say(e.Step.Image, e.Step.Name+" begins")
		}
	case event.LogLine:
		c.say(e.Image, e.Text)
	case event.Progress:
		c.progress(e)
	case event.Heartbeat:
		c.say(e.Step.Image, "still at "+e.Step.Name+" after "+Duration(e.Running)+c.far[e.Step.Image])
	case event.Warning:
		Diagnostics{Style: c.Style, Source: c.Source}.Write(c.Err, e.Diagnostic)
	}
}

// progress keeps how far a step is until it is asked whether it is still there: a
// line for every bit of it would be too many.
func (c *Chat) progress(e event.Progress) {
	if c.far == nil {
		c.far = map[string]string{}
	}
	far := strconv.FormatInt(e.Current, 10)
	if e.Total > 0 {
		far += fmt.Sprintf(" of %d", e.Total)
	}
	c.far[e.Image] = ": " + strings.TrimSpace(e.Title+" "+far+" "+e.Unit)
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
