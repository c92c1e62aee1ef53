package report_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/report"
	"github.com/slipway-build/slipway/sdk/diag"
)

func step(task int, name, image string) event.Step {
	return event.Step{Task: task, Name: name, Image: image}
}

func show(style report.Style, events ...event.Event) (out, chatter string) {
	var o, e strings.Builder
	t := &report.Text{Out: &o, Err: &e, Style: style, Source: func(string) []byte { return []byte("FROM scratch\nRUN make\n") }}
	for _, ev := range events {
		t.Emit(ev)
	}
	return o.String(), e.String()
}

// The push of base is finished before the build of web, and shown after it.
func TestTextGroupsByTask(t *testing.T) {
	out, chatter := show(report.Style{},
		event.RunStarted{},
		event.PlayStarted{Name: "Build", Images: []string{"base", "web"}, Tasks: []event.Task{{Name: "Build"}, {Name: "Push"}}},
		event.StepFinished{Step: step(0, "Build", "base"), Outcome: event.OK, Took: time.Second, Result: event.Result{Verb: "reused", Digest: "sha256:9f3c21aaaa", Detail: "key 71be02…"}},
		event.StepFinished{Step: step(1, "Push", "base"), Outcome: event.Skipped},
		event.LogLine{Image: "web", Text: "STEP 1/2"},
		event.StepFinished{Step: step(0, "Build", "web"), Outcome: event.Changed, Took: 3200 * time.Millisecond, Result: event.Result{Verb: "built", Digest: "sha256:77aa0dbbbb", Detail: "index.html changed"}},
		event.StepFinished{Step: step(1, "Push", "web"), Outcome: event.Changed, Result: event.Result{Verb: "pushed"}},
		event.RunFinished{Recap: []event.Count{{Image: "base", OK: 1, Skipped: 1}, {Image: "web", OK: 2, Changed: 2, Promoted: 1}}},
	)
	want := `
PLAY [Build] *******************************************************************

TASK [Build] *******************************************************************
ok: [base]                 reused   sha256:9f3c21…   key 71be02…
changed: [web]             built    sha256:77aa0d…   3.2 s   index.html changed

TASK [Push] ********************************************************************
skipping: [base]
changed: [web]             pushed

PLAY RECAP *********************************************************************
base                       : ok=1    changed=0    unreachable=0    failed=0    skipped=1    rescued=0    ignored=0    blocked=0    promoted=0    held=0
web                        : ok=2    changed=2    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0    blocked=0    promoted=1    held=0
`
	if diff := cmp.Diff(want, out); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if want := "web | STEP 1/2\n"; chatter != want {
		t.Errorf("chatter %q, want %q", chatter, want)
	}
}

func TestTextFailures(t *testing.T) {
	broken := diag.Errorf("run-failed", diag.Pos{File: "Dockerfile", Line: 2, Column: 1, End: 9}, "RUN make exited with 2").WithFix("see the log")
	out, _ := show(report.Style{Width: 40},
		event.RunStarted{Check: true},
		event.PlayStarted{Name: "all", Images: []string{"a", "b", "c", "d"}, Tasks: []event.Task{{Name: "Build"}, {Name: "Next"}}},
		event.StepFinished{Step: step(0, "Build", "a"), Outcome: event.Failed, Result: event.Result{Err: diag.List{broken}, Log: "a.log"}},
		event.StepFinished{Step: step(0, "Build", "b"), Outcome: event.Blocked, Result: event.Result{Cause: "a"}},
		event.StepFinished{Step: step(1, "Next", "d"), Outcome: event.OK},
		event.StepFinished{Step: step(0, "Build", "c"), Outcome: event.Unreachable, Result: event.Result{Err: errors.New("pulling x: refused")}},
		event.StepFinished{Step: step(0, "Build", "d"), Outcome: event.OK},
		event.RunFinished{Interrupted: true},
	)
	want := `
PLAY [all] [CHECK MODE] ****************

TASK [Build] [CHECK MODE] **************
fatal: [a]: FAILED!
  Dockerfile:2:1: error[run-failed]: RUN make exited with 2
      1 | FROM scratch
      2 | RUN make
        | ^^^^^^^^
     hint: see the log
  log: a.log
blocked: [b]               a failed
fatal: [c]: UNREACHABLE!
  pulling x: refused
ok: [d]

TASK [Next] [CHECK MODE] ***************
ok: [d]

PLAY RECAP [CHECK MODE] ****************
interrupted
`
	if diff := cmp.Diff(want, out); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Ansible pads the painted name to 37 bytes, so that colour changes no column.
func TestRecapColour(t *testing.T) {
	out, _ := show(report.Style{Color: true}, event.RunFinished{Recap: []event.Count{{Image: "web", OK: 1}}})
	_, line, _ := strings.Cut(strings.TrimSpace(out), "\n")
	if want := "\x1b[32mweb\x1b[0m" + strings.Repeat(" ", 25) + " : \x1b[32mok=1   \x1b[0m changed=0   "; !strings.HasPrefix(line, want) {
		t.Errorf("recap line %q, want prefix %q", line, want)
	}
}

func TestJSON(t *testing.T) {
	var b strings.Builder
	j := &report.JSON{Out: &b, Now: func() time.Time { return time.Unix(0, 0) }}
	j.Emit(event.LogLine{Image: "web", Text: "noise"})
	j.Emit(event.StepFinished{Step: step(0, "Build", "web"), Outcome: event.Changed, Took: time.Second, Result: event.Result{Verb: "built", Digest: "sha256:77"}})
	want := `{"event":"step_finished","time":"1970-01-01T00:00:00Z","task":"Build","image":"web","outcome":"changed","verb":"built","digest":"sha256:77","seconds":1}` + "\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
