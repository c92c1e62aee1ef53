package report_test

import (
	"errors"
	"io"
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

func chat(w io.Writer, style report.Style) report.Chat {
	return report.Chat{Err: w, Style: style, Source: func(string) []byte { return []byte("FROM scratch\nRUN make\n") }}
}

func show(style report.Style, events ...event.Event) (out, chatter string) {
	var o, e strings.Builder
	t := &report.Text{Out: &o, Chat: chat(&e, style)}
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
DRY RUN ********************************

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

PLAY RECAP *****************************

interrupted

DRY RUN ********************************
`
	if diff := cmp.Diff(want, out); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Ansible pads the painted name to 37 bytes, so that colour changes no column.
func TestRecapColour(t *testing.T) {
	out, _ := show(report.Style{Color: true}, event.RunFinished{Recap: []event.Count{{Image: "web", OK: 1}}})
	_, line, _ := strings.Cut(strings.TrimSpace(out), "\n")
	if want := "\x1b[0;32mweb\x1b[0m" + strings.Repeat(" ", 23) + " : \x1b[0;32mok=1   \x1b[0m changed=0   "; !strings.HasPrefix(line, want) {
		t.Errorf("recap line %q, want prefix %q", line, want)
	}
	out, _ = show(report.Style{Color: true}, event.RunFinished{Recap: []event.Count{{Image: "web", Unreachable: 1, Rescued: 2, Ignored: 3}}})
	for _, want := range []string{"\x1b[0;31mweb\x1b[0m ", "\x1b[1;31munreachable=1   \x1b[0m", "\x1b[0;32mrescued=2   \x1b[0m", "\x1b[1;35mignored=3   \x1b[0m"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in %q", want, out)
		}
	}
}

func TestJSONLines(t *testing.T) {
	var b strings.Builder
	j := &report.JSONLines{Out: &b, Now: func() time.Time { return time.Unix(0, 0) }}
	j.Emit(event.LogLine{Image: "web", Text: "noise"})
	j.Emit(event.StepFinished{Step: step(0, "Build", "web"), Outcome: event.Changed, Took: time.Second, Result: event.Result{Verb: "built", Digest: "sha256:77"}})
	want := `{"event":"step_finished","time":"1970-01-01T00:00:00Z","task":"Build","image":"web","outcome":"changed","verb":"built","digest":"sha256:77","seconds":1}` + "\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Blocks, handlers, loops and attempts: what failed and was rescued or ignored
// is shown as it is, and a task is through when every image has passed it.
func TestTextLanguage(t *testing.T) {
	out, chatter := show(report.Style{},
		event.RunStarted{},
		event.PlayStarted{Name: "Deploy", Wave: 1, Waves: 2, Images: []string{"api", "web"}, Tasks: []event.Task{{Name: "Try"}, {Name: "Mend"}, {Name: "Each"}, {Name: "In a block"}, {Name: "tell", Handler: true}}},
		event.StepFinished{Step: step(0, "Try", "api"), Outcome: event.OK, Ignored: false},
		event.StepPassed{Step: step(1, "Mend", "api")},
		event.ItemFinished{Step: step(2, "Each", "api"), Label: "a", Outcome: event.Changed, Result: event.Result{Verb: "ran", Detail: "ls"}},
		event.Heartbeat{Step: step(0, "Try", "web"), Running: 90 * time.Second},
		event.Retrying{Step: step(0, "Try", "web"), Left: 2, After: time.Second},
		event.StepFinished{Step: step(0, "Try", "web"), Outcome: event.Failed, Rescued: true, Result: event.Result{Err: errors.New("boom"), Log: "web.log"}},
		event.ItemFinished{Step: step(2, "Each", "api"), Index: 1, Label: "b", Outcome: event.Failed, Result: event.Result{Err: errors.New("no b")}},
		event.StepFinished{Step: step(2, "Each", "api"), Items: 2, Outcome: event.Failed, Ignored: true},
		event.StepFinished{Step: step(1, "Mend", "web"), Outcome: event.OK},
		event.ItemFinished{Step: step(2, "Each", "web"), Label: "a", Outcome: event.Skipped},
		event.StepFinished{Step: step(2, "Each", "web"), Items: 1, Outcome: event.Skipped},
		event.StepFinished{Step: event.Step{Task: 3, Name: "In a block", Image: "api", Item: "x", Path: "0"}, Outcome: event.OK},
		event.StepFinished{Step: event.Step{Task: 3, Name: "In a block", Image: "api", Item: "y", Path: "1"}, Outcome: event.Changed},
		event.StepFinished{Step: step(4, "tell", "web"), Outcome: event.Changed},
		event.StepPassed{Step: step(3, "In a block", "api")},
		event.StepFinished{Step: event.Step{Task: 3, Name: "In a block", Image: "web", Item: "x", Path: "0"}, Outcome: event.Failed, Result: event.Result{Err: errors.New("worse")}},
		event.StepPassed{Step: step(3, "In a block", "web")},
		event.NoMoreImages{Why: "every image of the wave failed"},
		event.RunFinished{Recap: []event.Count{{Image: "web", OK: 2, Rescued: 1, Ignored: 1}}},
	)
	want := `
PLAY [Deploy] ******************************************************************

TASK [Try] *********************************************************************
ok: [api]
FAILED - RETRYING: [web]: Try (2 retries left).
fatal: [web]: FAILED!
  boom
  log: web.log

TASK [Mend] ********************************************************************
ok: [web]

TASK [Each] ********************************************************************
changed: [api] => (item=a) ran      ls
failed: [api] (item=b)
  no b
...ignoring
skipping: [web] => (item=a)

TASK [In a block] **************************************************************
ok: [api] => (item=x)
changed: [api] => (item=y)
fatal: [web]: FAILED! => (item=x)
  worse

RUNNING HANDLER [tell] *********************************************************
changed: [web]

NO MORE IMAGES LEFT ************************************************************
every image of the wave failed

PLAY RECAP *********************************************************************
web                        : ok=2    changed=0    unreachable=0    failed=0    skipped=0    rescued=1    ignored=1    blocked=0    promoted=0    held=0

`
	if diff := cmp.Diff(want, out); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if want := "web | still at Try after 1 min 30 s\n"; chatter != want {
		t.Errorf("chatter %q, want %q", chatter, want)
	}
}

func TestTextDiff(t *testing.T) {
	out, _ := show(report.Style{Dir: "/site"},
		event.PlayStarted{Name: "p", Images: []string{"web"}, Tasks: []event.Task{{Name: "t"}}},
		event.StepFinished{Step: step(0, "t", "web"), Outcome: event.Changed, Result: event.Result{Diff: []event.Diff{{Path: "/site/app.yml", Before: "a\nb\n", After: "a\nc\n"}}}},
	)
	want := `
PLAY [p] ***********************************************************************

TASK [t] ***********************************************************************
changed: [web]
--- before: app.yml
+++ after: app.yml
@@ -1,2 +1,2 @@
 a
-b
+c
`
	if diff := cmp.Diff(want, out); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestJSONLinesOfTheLanguage(t *testing.T) {
	var b strings.Builder
	j := &report.JSONLines{Out: &b, Now: func() time.Time { return time.Unix(0, 0) }}
	j.Emit(event.PlayStarted{Name: "p", Wave: 2, Waves: 3, Images: []string{"web"}})
	j.Emit(event.StepPassed{Step: step(0, "t", "web")})
	j.Emit(event.Heartbeat{Step: step(0, "t", "web")})
	j.Emit(event.Retrying{Step: step(0, "t", "web"), Label: "a", Left: 0, Err: errors.New("boom")})
	j.Emit(event.ItemFinished{Step: event.Step{Name: "t", Image: "web", Item: "x"}, Label: "a", Outcome: event.OK})
	j.Emit(event.StepFinished{Step: step(0, "t", "web"), Outcome: event.Failed, Rescued: true, Ignored: true, Kept: event.Kept{Notified: []string{"tell"}}, Result: event.Result{Diff: []event.Diff{{Path: "f", After: "x"}}}})
	j.Emit(event.NoMoreImages{Why: "all failed"})
	at := `"time":"1970-01-01T00:00:00Z"`
	want := `{"event":"play_started",` + at + `,"play":"p","wave":2,"waves":3,"images":["web"]}
{"event":"retrying",` + at + `,"task":"t","image":"web","item":"a","error":"boom","left":0}
{"event":"item_finished",` + at + `,"task":"t","image":"web","item":"x, a","outcome":"ok"}
{"event":"step_finished",` + at + `,"task":"t","image":"web","outcome":"failed","rescued":true,"ignored":true,"notified":["tell"],"diff":[{"path":"f","before":"","after":"x"}]}
{"event":"no_more_images",` + at + `,"detail":"all failed"}
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A silent step is said to be under way, and how far it is, should it have said.
func TestHeartbeat(t *testing.T) {
	began, beat := event.StepStarted{Step: step(0, "Build", "web")}, event.Heartbeat{Step: step(0, "Build", "web"), Running: 90 * time.Second}
	_, chatter := show(report.Style{},
		began, beat,
		event.Progress{Image: "web", Title: "pack", Current: 2}, beat,
		event.Progress{Image: "web", Title: "pull", Current: 3, Total: 12, Unit: "layers"},
		event.Progress{Image: "web", Title: "pull", Current: 4, Total: 12, Unit: "layers"}, beat,
		event.Progress{Image: "api", Title: "pull", Current: 1}, beat,
		began, beat,
	)
	want := `web | still at Build after 1 min 30 s
web | still at Build after 1 min 30 s: pack 2
web | still at Build after 1 min 30 s: pull 4 of 12 layers
web | still at Build after 1 min 30 s: pull 4 of 12 layers
web | still at Build after 1 min 30 s
`
	if diff := cmp.Diff(want, chatter); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
