package report

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"

	"github.com/slipway-build/slipway/core/event"
)

// Brief writes each step by itself as soon as it is over, and nothing around it:
// what it came to as JSON, of a program its output. It is Ansible's `minimal`,
// and with OneLine its `oneline`, for people who look for one thing and for grep.
type Brief struct {
	Out     io.Writer
	OneLine bool // nothing takes more than a line
	Chat

	mu sync.Mutex
}

var _ event.Sink = (*Brief)(nil)

// Emit shows e.
func (b *Brief) Emit(e event.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if finished, ok := e.(event.StepFinished); ok {
		b.finish(finished)
		return
	}
	b.chat(e)
}

func (b *Brief) finish(e event.StepFinished) {
	if !b.OneLine {
		_, _ = io.WriteString(b.Out, b.Style.diffs(e.Result.Diff))
	}
	c, caption := captionOf(e.Outcome)
	line := who(e.Step)
	if e.Step.Item != "" {
		line += " (item=" + e.Step.Item + ")"
	}
	_, _ = fmt.Fprintln(b.Out, b.Style.paint(c, line+" | "+b.rest(e, caption)))
}

// captionOf is Ansible's word for an outcome.
func captionOf(o event.Outcome) (colour, string) {
	switch o {
	case event.OK:
		return green, "SUCCESS"
	case event.Changed:
		return yellow, "CHANGED"
	case event.Skipped:
		return cyan, "SKIPPED"
	case event.Blocked:
		return purple, "BLOCKED!"
	case event.Unreachable:
		return red, "UNREACHABLE!"
	case event.Refused:
		return red, "REFUSED!"
	default:
		return red, "FAILED!"
	}
}

// rest is what stands behind the image: the caption, and what there is to it.
func (b *Brief) rest(e event.StepFinished, caption string) string {
	value := e.Result.Value
	rc, program := value["rc"]
	switch {
	case e.Outcome == event.Skipped:
		return caption
	case program && (e.Outcome.Good() || e.Outcome == event.Failed):
		return b.output(strings.TrimSuffix(caption, "!"), rc, value)
	case b.OneLine && e.Outcome == event.Unreachable:
		return fmt.Sprintf("%s: %s", caption, oneLine(textOf(value, "msg")))
	case b.OneLine:
		return caption + " => " + lineEnds.ReplaceAllString(dump(value, " "), "")
	default:
		return caption + " => " + dump(value, "    ")
	}
}

// lineEnds are those of JSON: there are none in its texts.
var lineEnds = regexp.MustCompile(`\n *`)

// output is how a program ended, and what it wrote.
func (b *Brief) output(caption string, rc any, value map[string]any) string {
	stdout, stderr := textOf(value, "stdout"), textOf(value, "stderr")
	if !b.OneLine {
		text := fmt.Sprintf("%s | rc=%v >>\n%s", caption, rc, stdout)
		if stderr != "" {
			text += strings.Repeat("\n", min(1, len(stdout))) + stderr
		}
		return text
	}
	text := fmt.Sprintf("%s | rc=%v | (stdout) %s", caption, rc, oneLine(stdout))
	if stderr != "" {
		text += " (stderr) " + oneLine(stderr)
	}
	return text
}

func textOf(value map[string]any, name string) string {
	text, _ := value[name].(string)
	return text
}

func oneLine(text string) string {
	return strings.NewReplacer("\n", `\n`, "\r", `\r`).Replace(text)
}
