package report_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/report"
	"github.com/slipway-build/slipway/sdk/diag"
)

func TestBrief(t *testing.T) {
	value := map[string]any{"changed": true, "msg": "a <b>", "results": []any{}, "digest": ""}
	program := map[string]any{"rc": 2, "stdout": "one\ntwo", "stderr": "three"}
	quiet := map[string]any{"rc": 0, "stdout": "one"}
	at := event.Step{Name: "Build", Image: "web", On: "oci"}
	tests := map[string]struct {
		event            event.StepFinished
		minimal, oneLine string
	}{
		"ok":          {event.StepFinished{Step: at, Outcome: event.OK, Result: event.Result{Value: map[string]any{}}}, "web -> oci | SUCCESS => {}\n", "web -> oci | SUCCESS => {}\n"},
		"changed":     {event.StepFinished{Step: step(0, "t", "web"), Outcome: event.Changed, Result: event.Result{Value: value}}, "web | CHANGED => {\n    \"changed\": true,\n    \"digest\": \"\",\n    \"msg\": \"a <b>\",\n    \"results\": []\n}\n", `web | CHANGED => {"changed": true,"digest": "","msg": "a <b>","results": []}` + "\n"},
		"skipped":     {event.StepFinished{Step: step(0, "t", "web"), Outcome: event.Skipped, Result: event.Result{Value: value}}, "web | SKIPPED\n", "web | SKIPPED\n"},
		"program":     {event.StepFinished{Step: step(0, "t", "web"), Outcome: event.OK, Result: event.Result{Value: quiet}}, "web | SUCCESS | rc=0 >>\none\n", "web | SUCCESS | rc=0 | (stdout) one\n"},
		"bad program": {event.StepFinished{Step: step(0, "t", "web"), Outcome: event.Failed, Result: event.Result{Value: program}}, "web | FAILED | rc=2 >>\none\ntwo\nthree\n", `web | FAILED | rc=2 | (stdout) one\ntwo (stderr) three` + "\n"},
		"unreachable": {event.StepFinished{Step: step(0, "t", "web"), Outcome: event.Unreachable, Result: event.Result{Value: map[string]any{"msg": "no\nroute"}}}, "web | UNREACHABLE! => {\n    \"msg\": \"no\\nroute\"\n}\n", `web | UNREACHABLE!: no\nroute` + "\n"},
		"refused":     {event.StepFinished{Step: step(0, "t", "web"), Outcome: event.Refused, Result: event.Result{Value: map[string]any{}}}, "web | REFUSED! => {}\n", "web | REFUSED! => {}\n"},
		"blocked":     {event.StepFinished{Step: event.Step{Image: "web", Item: "x"}, Outcome: event.Blocked, Result: event.Result{Value: map[string]any{}}}, "web (item=x) | BLOCKED! => {}\n", "web (item=x) | BLOCKED! => {}\n"},
		"diff":        {event.StepFinished{Step: step(0, "t", "web"), Outcome: event.OK, Result: event.Result{Value: map[string]any{}, Diff: []event.Diff{{Path: "f", After: "x\n"}}}}, "--- before: f\n+++ after: f\n@@ -0,0 +1,1 @@\n+x\nweb | SUCCESS => {}\n", "web | SUCCESS => {}\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for _, look := range []struct {
				oneLine bool
				want    string
			}{{false, tt.minimal}, {true, tt.oneLine}} {
				var out, chatter strings.Builder
				b := &report.Brief{Out: &out, OneLine: look.oneLine, Chat: chat(&chatter, report.Style{})}
				b.Emit(event.PlayStarted{Name: "p", Images: []string{"web"}})
				b.Emit(event.LogLine{Image: "web", Text: "noise"})
				b.Emit(tt.event)
				b.Emit(event.RunFinished{Recap: []event.Count{{Image: "web"}}})
				if diff := cmp.Diff(look.want, out.String()); diff != "" {
					t.Errorf("one line: %v (-want +got):\n%s", look.oneLine, diff)
				}
				if chatter.String() != "web | noise\n" {
					t.Errorf("chatter %q", chatter.String())
				}
			}
		})
	}
}

// What a person sees of a full result, of work done elsewhere, and of groups.
func TestTextVerboseAndGroups(t *testing.T) {
	var out strings.Builder
	text := &report.Text{Out: &out, Groups: true, Chat: report.Chat{Err: &out, Verbosity: 1}}
	at := event.Step{Name: "Build", Image: "web", On: "oci"}
	for _, e := range []event.Event{
		event.RunStarted{Check: true},
		event.PlayStarted{Name: "p", Images: []string{"web"}, Tasks: []event.Task{{Name: "Build"}, {Name: "Next", Handler: true}}},
		event.Retrying{Step: at, Left: 1},
		event.StepFinished{Step: at, Outcome: event.OK, Took: time.Second, Result: event.Result{Digest: "sha256:0123456789", Value: map[string]any{"rc": 0}}},
		event.StepFinished{Step: event.Step{Task: 1, Name: "Next", Image: "web"}, Outcome: event.Failed, Result: event.Result{Err: errors.New("bad\n ::error::x"), Value: map[string]any{"failed": true}}},
		event.RunFinished{},
	} {
		text.Emit(e)
	}
	want := `
DRY RUN ************************************************************************

PLAY [p] [CHECK MODE] **********************************************************
::group::TASK [Build] [CHECK MODE]
FAILED - RETRYING: [web -> oci]: Build (1 retries left).
ok: [web -> oci]           sha256:0123456789   1.0 s
  {
      "rc": 0
  }
::endgroup::
::group::RUNNING HANDLER [Next] [CHECK MODE]
fatal: [web]: FAILED!
  bad
   : :error::x
  {
      "failed": true
  }
::endgroup::

PLAY RECAP *********************************************************************


DRY RUN ************************************************************************
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// aRun has a loop, a warning's worth of findings, and an end before its time.
func aRun() []event.Event {
	at := event.Step{Name: "Each", Image: "web"}
	return []event.Event{
		event.RunStarted{Run: "r1", Playbooks: []string{"a.yml"}, Check: true},
		event.PlayStarted{Name: "p", Wave: 1, Waves: 1, Images: []string{"web"}, Tasks: []event.Task{{Name: "Each", Pos: diag.Pos{File: "/site/a.yml", Line: 3, Column: 5}}}},
		event.ItemFinished{Step: at, Label: "a", Outcome: event.OK},
		event.StepFinished{Step: at, Items: 1, Outcome: event.Failed, Ignored: true, Took: 1500 * time.Millisecond, Result: event.Result{Err: errors.New("boom"), Value: map[string]any{"msg": "boom"}}},
		event.NoMoreImages{Why: "all failed"},
		event.RunFinished{Recap: []event.Count{{Image: "web", OK: 1, Ignored: 1}}},
	}
}

func TestDocument(t *testing.T) {
	d := &report.Document{Style: report.Style{Dir: "/site"}}
	for _, e := range aRun() {
		d.Emit(e)
	}
	data, err := json.Marshal(d.Answer(diag.List{diag.Warningf("w", diag.Pos{File: "/site/a.yml", Line: 1}, "odd")}, "disk full"))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"run":"r1","playbooks":["a.yml"],"check":true,"plays":[{"name":"p","wave":1,"waves":1,"images":["web"],` +
		`"tasks":[{"name":"Each","file":"a.yml","line":3,"steps":[{"image":"web","outcome":"failed","ignored":true,"error":"boom","seconds":1.5,"result":{"msg":"boom"},` +
		`"items":[{"image":"web","item":"a","outcome":"ok"}]}]}],"ended":"all failed"}],` +
		`"diagnostics":[{"severity":"warning","code":"w","message":"odd","file":"a.yml","line":1}],"failure":"disk full",` +
		`"recap":[{"image":"web","ok":1,"changed":0,"unreachable":0,"failed":0,"skipped":0,"rescued":0,"ignored":1,"blocked":0,"promoted":0,"held":0}],"interrupted":false}`
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTree(t *testing.T) {
	tree := new(report.Tree)
	for _, e := range aRun() {
		tree.Emit(e)
	}
	dir := filepath.Join(t.TempDir(), "out", "tree")
	if err := tree.Write(dir); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "web.json"))
	if err != nil {
		t.Fatal(err)
	}
	want := `{
  "image": "web",
  "run": "r1",
  "check": true,
  "steps": [
    {
      "play": "p",
      "task": "Each",
      "outcome": "failed",
      "ignored": true,
      "error": "boom",
      "seconds": 1.5,
      "result": {
        "msg": "boom"
      }
    }
  ],
  "recap": {
    "image": "web",
    "ok": 1,
    "changed": 0,
    "unreachable": 0,
    "failed": 0,
    "skipped": 0,
    "rescued": 0,
    "ignored": 1,
    "blocked": 0,
    "promoted": 0,
    "held": 0
  }
}
`
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := tree.Write("/dev/null/x"); err == nil || !strings.HasPrefix(err.Error(), "making the folder of a report: ") {
		t.Errorf("writing where no folder can be: %v", err)
	}
}
