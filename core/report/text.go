package report

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/slipway-build/slipway/core/event"
)

// Text writes a run as Ansible does. Steps run in the order of the graph, but
// a person reads task by task: the lines of a task are held back until the
// tasks before it are finished on every image, so that each banner stands once
// and the output of two equal runs is equal. What is under way shows in the
// lines that builds print, which are never held back.
type Text struct {
	Out    io.Writer // banners, lines, recap
	Err    io.Writer // output of steps, warnings
	Style  Style
	Source func(file string) []byte // for snippets; nil answers are fine

	mu    sync.Mutex
	check bool
	play  *playState
}

var _ event.Sink = (*Text)(nil)

// Emit shows e.
func (t *Text) Emit(e event.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e := e.(type) {
	case event.RunStarted:
		t.check = e.Check
	case event.PlayStarted:
		t.flush()
		t.banner("PLAY [" + e.Name + "]")
		t.play = newPlayState(e)
	case event.StepFinished:
		t.finish(e)
	case event.LogLine:
		fmt.Fprintf(t.Err, "%s %s\n", t.Style.paint(cyan, e.Image+" |"), e.Text)
	case event.Warning:
		Diagnostics{Style: t.Style, Source: t.Source}.Write(t.Err, e.Diagnostic)
	case event.RunFinished:
		t.flush()
		t.recap(e)
	}
}

// banner writes a title followed by stars up to the width of the terminal.
func (t *Text) banner(title string) {
	if t.check {
		title += " [CHECK MODE]"
	}
	stars := max(3, t.Style.width()-1-utf8.RuneCountInString(title))
	fmt.Fprintf(t.Out, "\n%s %s\n", title, strings.Repeat("*", stars))
}

func (t *Text) finish(e event.StepFinished) {
	if t.play == nil {
		return
	}
	t.play.finish(e, t.lines(e))
	for t.play.ready() {
		t.showTask()
	}
}

// showTask writes what is known of the task in turn and goes on to the next
// one when it is complete.
func (t *Text) showTask() {
	task := &t.play.tasks[t.play.turn]
	if len(task.lines) > 0 && !task.shown {
		t.banner("TASK [" + task.name + "]")
		task.shown = true
	}
	_, _ = io.WriteString(t.Out, strings.Join(task.lines, ""))
	task.lines = nil
	if t.play.complete(t.play.turn) {
		t.play.turn++
	}
}

// flush writes what is still held back.
func (t *Text) flush() {
	if t.play == nil {
		return
	}
	for ; t.play.turn < len(t.play.tasks); t.play.turn++ {
		task := &t.play.tasks[t.play.turn]
		if len(task.lines) == 0 {
			continue
		}
		if !task.shown {
			t.banner("TASK [" + task.name + "]")
		}
		_, _ = io.WriteString(t.Out, strings.Join(task.lines, ""))
	}
	t.play = nil
}

// lines returns what a finished step shows.
func (t *Text) lines(e event.StepFinished) string {
	switch {
	case e.Outcome == event.Blocked:
		return t.row(e, purple, "blocked: ["+e.Step.Image+"]", e.Result.Cause+" failed")
	case e.Outcome.Good():
		word, c := goodWord(e.Outcome)
		return t.row(e, c, word+": ["+e.Step.Image+"]", summary(e))
	default:
		return t.fatal(e)
	}
}

func goodWord(o event.Outcome) (string, colour) {
	switch o {
	case event.Changed:
		return "changed", yellow
	case event.Skipped:
		return "skipping", cyan
	default:
		return "ok", green
	}
}

func (t *Text) row(_ event.StepFinished, c colour, head, rest string) string {
	if rest == "" {
		return t.Style.paint(c, head) + "\n"
	}
	pad := strings.Repeat(" ", max(0, 26-utf8.RuneCountInString(head)))
	return t.Style.paint(c, head+pad+" "+rest) + "\n"
}

// summary is "built    sha256:77aa0d…   3.2 s   why".
func summary(e event.StepFinished) string {
	var cells []string
	if e.Result.Verb != "" {
		cells = append(cells, pad(e.Result.Verb, 8))
	}
	if e.Result.Digest != "" {
		cells = append(cells, ShortDigest(e.Result.Digest)+"  ")
	}
	if e.Outcome == event.Changed && e.Took >= 50*time.Millisecond {
		cells = append(cells, Duration(e.Took)+"  ")
	}
	cells = append(cells, e.Result.Detail)
	return strings.TrimRight(strings.Join(cells, " "), " ")
}

func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
}

// fatal is a failed step as a block: the message, its lines, the log.
func (t *Text) fatal(e event.StepFinished) string {
	word := map[event.Outcome]string{event.Unreachable: "UNREACHABLE!", event.Refused: "REFUSED!"}[e.Outcome]
	if word == "" {
		word = "FAILED!"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", t.Style.paint(red, fmt.Sprintf("fatal: [%s]: %s", e.Step.Image, word)))
	if e.Result.Err != nil {
		indent(&b, t.problem(e.Result.Err))
	}
	if e.Result.Log != "" {
		fmt.Fprintf(&b, "  log: %s\n", t.Style.Path(e.Result.Log))
	}
	return b.String()
}

func indent(b *strings.Builder, text string) {
	for line := range strings.Lines(text) {
		b.WriteString("  " + strings.TrimRight(line, "\n") + "\n")
	}
}
