package report_test

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/report"
	"github.com/slipway-build/slipway/sdk/diag"
)

var update = flag.Bool("update", false, "write testdata/page.html anew")

// launched is a run of two waves in which much goes wrong.
func launched(p *report.Page) {
	tasks := []event.Task{{Name: "Build"}, {Name: "Promote"}, {Name: "Tell", Handler: true}}
	step := func(task int, image, item string) event.Step {
		return event.Step{Task: task, Name: tasks[task].Name, Image: image, Item: item}
	}
	finish := func(s event.Step, took time.Duration, e event.StepFinished) {
		p.Emit(event.StepStarted{Step: s})
		time.Sleep(took)
		e.Step, e.Took = s, took
		p.Emit(e)
	}
	p.Emit(event.RunStarted{Run: "20261121T120000", Playbooks: []string{"nightly.yml"}})
	p.Emit(event.PlayStarted{Name: "Launch <all>", Wave: 1, Waves: 2, Images: []string{"base", "web", "tide"}, Tasks: tasks})
	finish(step(0, "base", ""), time.Second, event.StepFinished{Outcome: event.Changed, Result: event.Result{
		Verb: "built", Digest: "sha256:0123456789abcdef", Detail: "/site/Dockerfile changed \x1b[31m<script>\x1b[0m",
	}})
	finish(step(0, "web", "a"), 2*time.Second, event.StepFinished{Outcome: event.OK, Result: event.Result{Verb: "reused"}})
	finish(step(0, "web", "b"), time.Second, event.StepFinished{Outcome: event.Failed, Rescued: true, Result: event.Result{
		Err: diag.Errorf("run-failed", diag.Pos{File: "/site/images/web/Dockerfile", Line: 1, Column: 1, End: 4}, "RUN false: exit code 1"), Log: "/site/log",
	}})
	finish(step(1, "base", ""), time.Second, event.StepFinished{Outcome: event.Refused, Result: event.Result{Err: errors.New("no verdict"), Held: true}})
	finish(step(0, "tide", ""), 0, event.StepFinished{Outcome: event.Blocked, Result: event.Result{Cause: "base"}})
	finish(step(1, "web", ""), 0, event.StepFinished{Outcome: event.Skipped})
	p.Emit(event.Warning{Diagnostic: diag.Warningf("looks-like-ours", diag.Pos{}, "other/base looks like ours")})
	p.Emit(event.NoMoreImages{Why: "1 of 3 images failed"})
	p.Emit(event.RunFinished{Recap: []event.Count{
		{Image: "base", OK: 1, Changed: 1, Failed: 1, Held: 1}, {Image: "tide", Blocked: 1}, {Image: "web", OK: 1, Rescued: 1, Skipped: 1},
	}})
}

func TestPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &report.Page{
			Style:   report.Style{Dir: "/site", Color: true, Width: 20},
			Source:  func(string) []byte { return []byte("RUN false\n") },
			Parents: func(image string) []string { return map[string][]string{"web": {"base"}}[image] },
		}
		launched(p)
		var b strings.Builder
		if err := p.Write(&b); err != nil {
			t.Fatal(err)
		}
		if *update {
			if err := os.WriteFile("testdata/page.html", []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile("testdata/page.html")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), b.String()); diff != "" {
			t.Errorf("go test ./core/report -update writes it anew; look at it then (-want +got):\n%s", diff)
		}
	})
}

// The page says in one word how the run went.
func TestPageWord(t *testing.T) {
	tests := []struct {
		want        string
		interrupted bool
		steps       []event.StepFinished
	}{
		{"done", false, nil},
		{"done", false, []event.StepFinished{{Outcome: event.Failed, Ignored: true}, {Outcome: event.Changed}}},
		{"failed", false, []event.StepFinished{{Outcome: event.Failed}}},
		{"failed", false, []event.StepFinished{{Outcome: event.Unreachable}}},
		{"refused", false, []event.StepFinished{{Outcome: event.Failed}, {Outcome: event.Refused}}},
		{"interrupted", true, []event.StepFinished{{Outcome: event.Refused}}},
	}
	for _, tt := range tests {
		p := &report.Page{Parents: func(string) []string { return nil }}
		p.Emit(event.RunStarted{Playbooks: []string{"a.yml"}})
		for _, s := range tt.steps {
			p.Emit(s)
		}
		p.Emit(event.RunFinished{Interrupted: tt.interrupted})
		var b strings.Builder
		if err := p.Write(&b); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), "<title>"+tt.want+": a.yml</title>") {
			_, title, _ := strings.Cut(b.String(), "<title>")
			title, _, _ = strings.Cut(title, "</title>")
			t.Errorf("the page is called %q, want %q", title, tt.want)
		}
	}
}
