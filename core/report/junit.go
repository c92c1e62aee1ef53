package report

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/sdk/diag"
)

// JUnit collects a run as JUnit XML: one suite for each play, one case for each
// step, as Ansible's callback does it: its class is the place of the task, its
// name "[image] play: task". A blocked step is skipped, as it has not run; what
// the gate refused, and what did not answer, is an error rather than a failure.
type JUnit struct {
	Style Style

	mu     sync.Mutex
	suites []*junitPlay
}

var _ event.Sink = (*JUnit)(nil)

type junitPlay struct {
	name  string
	tasks []event.Task
	suite junit.Testsuite
	took  time.Duration
}

// Emit collects e.
func (j *JUnit) Emit(e event.Event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch e := e.(type) {
	case event.PlayStarted:
		play := &junitPlay{name: e.Name, tasks: e.Tasks}
		play.suite.Name = e.Name
		j.suites = append(j.suites, play)
	case event.StepFinished:
		if len(j.suites) > 0 {
			j.suites[len(j.suites)-1].add(j.Style, e)
		}
	}
}

func (p *junitPlay) add(style Style, e event.StepFinished) {
	c := junit.Testcase{Name: fmt.Sprintf("[%s] %s: %s", e.Step.Image, p.name, e.Step.Name), Time: junitSeconds(e.Took)}
	if e.Step.Item != "" {
		c.Name += " (item=" + e.Step.Item + ")"
	}
	if e.Step.Task < len(p.tasks) {
		pos := p.tasks[e.Step.Task].Pos
		c.Classname = style.Path(diag.Pos{File: pos.File, Line: pos.Line}.String())
	}
	result := &junit.Result{Message: xmlText(style, e.Result)}
	switch {
	case e.Ignored || e.Rescued || e.Outcome == event.OK || e.Outcome == event.Changed:
	case e.Outcome == event.Skipped, e.Outcome == event.Blocked:
		c.Skipped = result
	case e.Outcome == event.Refused, e.Outcome == event.Unreachable:
		c.Error = result
	default:
		c.Failure = result
	}
	p.took += e.Took
	p.suite.AddTestcase(c)
}

// xmlText is why a step came out as it did, in characters that XML can hold.
func xmlText(style Style, r event.Result) string {
	text := r.Detail
	if r.Cause != "" {
		text = r.Cause + " failed"
	}
	if r.Err != nil {
		text = r.Err.Error()
	}
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) && c != '\n' && c != '\t' {
			return '\uFFFD'
		}
		return c
	}, style.Paths(text))
}

func junitSeconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

// Write writes what was collected.
func (j *JUnit) Write(w io.Writer) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	var all junit.Testsuites
	for _, p := range j.suites {
		p.suite.Time = junitSeconds(p.took)
		all.AddSuite(p.suite)
	}
	if err := all.WriteXML(w); err != nil {
		return fmt.Errorf("writing JUnit: %w", err)
	}
	return nil
}
