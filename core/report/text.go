package report

import (
	"fmt"
	"io"
	"strings"
	"sync"
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
	Groups bool      // fold each task away under a workflow command, as GitHub shows it
	Chat

	mu        sync.Mutex
	check     bool
	playbooks []string // that the run is of
	books     int      // of them that are over
	play      *playState
	group     bool // one is open
}

var _ event.Sink = (*Text)(nil)

// Emit shows e.
func (t *Text) Emit(e event.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e := e.(type) {
	case event.RunStarted:
		t.check, t.playbooks = e.Check, e.Playbooks
		t.dryRun()
	case event.PlayStarted:
		t.flush()
		t.banner(t.titled("PLAY [" + e.Name + "]"))
		t.play = newPlayState(e)
	case event.StepFinished:
		t.finish(e)
	case event.ItemFinished:
		t.add(e.Step, t.item(e))
	case event.StepPassed:
		t.passed(e.Step)
	case event.Retrying:
		t.add(e.Step, t.retrying(e))
	case event.NoMoreImages:
		t.noMore(e)
	case event.PlaybookFinished:
		t.books++
		t.recap("PLAY RECAP", e.Recap)
	case event.RunFinished:
		t.end(e)
	default:
		t.chat(e)
	}
}

// dryRun says that nothing is changed, before the first play and after the recap.
func (t *Text) dryRun() {
	if t.check {
		t.banner("DRY RUN")
	}
}

// titled is the title of a play or of a task.
func (t *Text) titled(title string) string {
	if t.check {
		return title + " [CHECK MODE]"
	}
	return title
}

// banner writes a title followed by stars up to the width of the terminal.
func (t *Text) banner(title string) {
	t.endGroup()
	stars := max(3, t.Style.width()-1-utf8.RuneCountInString(title))
	_, _ = fmt.Fprintf(t.Out, "\n%s %s\n", title, strings.Repeat("*", stars))
}

// finish shows a finished step. One that stands in a looped block may come
// again, for the next item.
func (t *Text) finish(e event.StepFinished) {
	t.add(e.Step, t.lines(e))
	if e.Step.Path == "" {
		t.passed(e.Step)
	}
}

func (t *Text) add(step event.Step, lines string) {
	if t.play == nil {
		return
	}
	t.play.add(step.Task, lines)
	t.showReady()
}

func (t *Text) passed(step event.Step) {
	if t.play == nil {
		return
	}
	t.play.done(step.Task, step.Image)
	t.showReady()
}

func (t *Text) showReady() {
	for t.play.ready() {
		task := &t.play.tasks[t.play.turn]
		t.showTask(task)
		if task.left > 0 {
			return
		}
		t.play.turn++
	}
}

// showTask writes what is known of a task.
func (t *Text) showTask(task *taskState) {
	if len(task.lines) == 0 {
		return
	}
	if !task.shown {
		kind := "TASK ["
		if task.Handler {
			kind = "RUNNING HANDLER ["
		}
		t.heading(kind + task.Name + "]")
		if t.Verbosity >= 2 {
			_, _ = fmt.Fprintf(t.Out, "task path: %s\n", t.Style.Paths(task.Pos.String()))
		}
		task.shown = true
	}
	t.write(strings.Join(task.lines, ""))
	task.lines = nil
}

// flush writes what is still held back.
func (t *Text) flush() {
	if t.play == nil {
		return
	}
	for ; t.play.turn < len(t.play.tasks); t.play.turn++ {
		t.showTask(&t.play.tasks[t.play.turn])
	}
	t.play = nil
}

func (t *Text) noMore(e event.NoMoreImages) {
	t.flush()
	t.banner("NO MORE IMAGES LEFT")
	_, _ = fmt.Fprintln(t.Out, e.Why)
}

// retrying is Ansible's line.
func (t *Text) retrying(e event.Retrying) string {
	return fmt.Sprintf("FAILED - RETRYING: [%s]: %s (%d retries left).\n", who(e.Step), e.Step.Name, e.Left)
}
