package report_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/report"
	"github.com/slipway-build/slipway/sdk/diag"
)

func TestJUnit(t *testing.T) {
	j := &report.JUnit{Style: report.Style{Dir: "/home/me"}}
	at := diag.Pos{File: "/home/me/site.yml", Line: 3, Column: 7}
	j.Emit(event.PlayStarted{Name: "Ship", Tasks: []event.Task{{Name: "Build", Pos: at}}})
	j.Emit(event.StepFinished{Step: step(0, "Build", "a"), Outcome: event.Changed, Took: 1500 * time.Millisecond})
	j.Emit(event.StepFinished{Step: step(0, "Build", "b"), Outcome: event.Failed, Result: event.Result{Err: errors.New("it <broke>\x1b")}})
	j.Emit(event.StepFinished{Step: step(0, "Build", "c"), Outcome: event.Blocked, Result: event.Result{Cause: "b"}})
	j.Emit(event.StepFinished{Step: step(0, "Build", "d"), Outcome: event.Refused, Result: event.Result{Err: errors.New("no verdict")}})
	j.Emit(event.StepFinished{Step: step(0, "Build", "e"), Outcome: event.Failed, Ignored: true, Result: event.Result{Err: errors.New("never mind")}})
	var b strings.Builder
	if err := j.Write(&b); err != nil {
		t.Fatal(err)
	}
	want := `<testsuites tests="5" errors="1" failures="1" skipped="1">
	<testsuite name="Ship" tests="5" failures="1" errors="1" id="0" skipped="1" time="1.500">
		<testcase name="[a] Ship: Build" classname="site.yml:3" time="1.500"></testcase>
		<testcase name="[b] Ship: Build" classname="site.yml:3" time="0.000">
			<failure message="it &lt;broke&gt;�"></failure>
		</testcase>
		<testcase name="[c] Ship: Build" classname="site.yml:3" time="0.000">
			<skipped message="b failed"></skipped>
		</testcase>
		<testcase name="[d] Ship: Build" classname="site.yml:3" time="0.000">
			<error message="no verdict"></error>
		</testcase>
		<testcase name="[e] Ship: Build" classname="site.yml:3" time="0.000"></testcase>
	</testsuite>
</testsuites>
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// web waits for base, whose build takes longest; tools is on no path.
func TestProfile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &report.Profile{Parents: func(image string) []string { return map[string][]string{"web": {"base"}}[image] }}
		at := func(after time.Duration, e event.Event) {
			time.Sleep(after)
			p.Emit(e)
		}
		start := func(after time.Duration, task int, name, image string) {
			at(after, event.StepStarted{Step: step(task, name, image)})
		}
		end := func(after time.Duration, task int, name, image string) {
			at(after, event.StepFinished{Step: step(task, name, image)})
		}
		start(0, 0, "Build", "base")
		start(0, 0, "Build", "tools")
		end(time.Second, 0, "Build", "tools")
		end(2*time.Second, 0, "Build", "base")
		start(0, 0, "Build", "web")
		start(0, 1, "Push", "base")
		end(100*time.Millisecond, 1, "Push", "base")
		end(400*time.Millisecond, 0, "Build", "web")
		start(0, 1, "Push", "web")
		end(200*time.Millisecond, 1, "Push", "web")
		var b strings.Builder
		if err := p.Write(&b); err != nil {
			t.Fatal(err)
		}
		want := `
Time by task:
       4.5 s  Build
      300 ms  Push

Time by image:
       3.1 s  base
       1.0 s  tools
      700 ms  web

Critical path:
       3.0 s  base: Build
      500 ms  web: Build
      200 ms  web: Push
`
		if diff := cmp.Diff(want, b.String()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
