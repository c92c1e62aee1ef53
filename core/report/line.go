package report

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A said is a step or an item of one, as its line tells of it.
type said struct {
	step    event.Step
	item    string // "=> (item=a)", or ""
	outcome event.Outcome
	result  event.Result
	took    time.Duration
}

// lines returns what a finished step shows. Of a loop its items have said it.
func (t *Text) lines(e event.StepFinished) string {
	s := said{e.Step, itemOf(e.Step.Item), e.Outcome, e.Result, e.Took}
	text := ""
	if e.Items == 0 {
		text = t.line(s)
	}
	if e.Ignored {
		text += "...ignoring\n"
	}
	return text
}

// item returns what an item of a loop shows.
func (t *Text) item(e event.ItemFinished) string {
	s := said{e.Step, itemOf(within(e.Step.Item, e.Label)), e.Outcome, e.Result, e.Took}
	if e.Outcome.Good() {
		return t.line(s)
	}
	return t.block("failed: ["+who(e.Step)+"] "+strings.TrimPrefix(s.item, "=> "), s)
}

func itemOf(label string) string {
	if label == "" {
		return ""
	}
	return "=> (item=" + label + ")"
}

func (t *Text) line(s said) string {
	switch {
	case s.outcome == event.Blocked:
		return t.row(purple, "blocked", s, s.result.Cause+" failed")
	case s.outcome.Good():
		word, c := goodWord(s.outcome)
		return t.row(c, word, s, t.summary(s)) + t.full(s.result.Value) + t.Style.diffs(s.result.Diff)
	default:
		return t.fatal(s)
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

func (t *Text) row(c colour, word string, s said, rest string) string {
	head := word + ": [" + who(s.step) + "]"
	if s.item != "" {
		head += " " + s.item
	}
	if rest == "" {
		return t.Style.paint(c, head) + "\n"
	}
	return t.Style.paint(c, pad(head, 26)+" "+rest) + "\n"
}

// summary is "built    sha256:77aa0d…   3.2 s   why".
func (t *Text) summary(s said) string {
	var cells []string
	if s.result.Verb != "" {
		cells = append(cells, pad(s.result.Verb, 8))
	}
	if s.result.Digest != "" {
		cells = append(cells, t.digest(s.result.Digest)+"  ")
	}
	if t.Verbosity >= 1 || s.outcome == event.Changed && s.took >= 50*time.Millisecond {
		cells = append(cells, Duration(s.took)+"  ")
	}
	cells = append(cells, s.result.Detail)
	return strings.TrimRight(strings.Join(cells, " "), " ")
}

// digest is shortened, for people, unless they want to know.
func (t *Text) digest(digest string) string {
	if t.Verbosity >= 1 {
		return digest
	}
	return ShortDigest(digest)
}

func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
}

// fatal is a failed step as a block: the message, its lines, the log.
func (t *Text) fatal(s said) string {
	word := map[event.Outcome]string{event.Unreachable: "UNREACHABLE!", event.Refused: "REFUSED!"}[s.outcome]
	if word == "" {
		word = "FAILED!"
	}
	head := "fatal: [" + who(s.step) + "]: " + word
	if s.item != "" {
		head += " " + s.item
	}
	return t.block(head, s)
}

func (t *Text) block(head string, s said) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", t.Style.paint(red, head))
	if s.result.Err != nil {
		indent(&b, t.problem(s.result.Err))
	}
	if pos := t.written(s.step); pos.IsValid() && diag.Of(s.result.Err) == nil { // diagnostics have places of their own
		fmt.Fprintf(&b, "  at %s\n", t.Style.Paths(pos.String()))
	}
	if s.result.Log != "" {
		fmt.Fprintf(&b, "  log: %s\n", t.Style.Path(s.result.Log))
	}
	return b.String() + t.full(s.result.Value) + t.Style.diffs(s.result.Diff)
}

// full is the whole result of a step, for those who want to know: what
// `register` keeps of it.
func (t *Text) full(value map[string]any) string {
	if t.Verbosity < 1 || value == nil {
		return ""
	}
	var b strings.Builder
	indent(&b, dump(value, "    "))
	return b.String()
}

// written is where the task of a step stands.
func (t *Text) written(step event.Step) diag.Pos {
	if t.play == nil || step.Task >= len(t.play.tasks) {
		return diag.Pos{}
	}
	return t.play.tasks[step.Task].Pos
}

func indent(b *strings.Builder, text string) {
	for line := range strings.Lines(text) {
		b.WriteString("  " + strings.TrimRight(line, "\n") + "\n")
	}
}
