package smoke_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cucumber/godog"
	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/smoke"
	"github.com/slipway-build/slipway/core/smoke/feature"
	"github.com/slipway-build/slipway/core/smoke/step"
	"github.com/slipway-build/slipway/core/smoke/world"
)

// parse returns the scenarios of a feature with these lines below its title.
func parse(t testing.TB, lines ...string) []feature.Scenario {
	t.Helper()
	scenarios, _ := feature.Parse("gate.feature", "web", []byte("Feature: gate\n"+strings.Join(lines, "\n")+"\n"))
	return scenarios
}

// vocabulary has a sentence for everything that can go wrong in a step.
func vocabulary(t testing.TB, more ...step.Definition) *step.Vocabulary {
	t.Helper()
	does := func(sentence string, run step.Func) step.Definition {
		return step.Definition{Pattern: sentence, Keyword: step.Then, Doc: "Does so.", Example: sentence, Run: run}
	}
	answers := func(err error) step.Func {
		return func(_ context.Context, w *world.World, _ step.Args) error {
			w.Subject()
			return err
		}
	}
	v, err := step.New(append(more,
		does("it works", answers(nil)),
		does("it ignores the image", func(context.Context, *world.World, step.Args) error { return nil }),
		does("it is otherwise", answers(world.Mismatchf("found a, want b"))),
		does("it cannot look", answers(errors.New("connecting: no route"))),
		does("it is pending", answers(godog.ErrPending)),
		does("it skips", answers(godog.ErrSkip)),
		does("it claims to be undefined", answers(godog.ErrUndefined)),
		does("it panics", func(context.Context, *world.World, step.Args) error { panic("a bug") }),
		does("its cleanup panics", func(ctx context.Context, w *world.World, _ step.Args) error {
			w.Subject()
			return w.OnCleanup(ctx, "the mount", func(context.Context) error { panic("a bug") })
		}),
		does("its cleanup fails", func(ctx context.Context, w *world.World, _ step.Args) error {
			w.Subject()
			return w.OnCleanup(ctx, "the mount", func(context.Context) error { return errors.New("busy") })
		}),
		does("it waits for ever", func(ctx context.Context, _ *world.World, _ step.Args) error {
			<-ctx.Done()
			return ctx.Err()
		}),
	))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func subject() *world.Subject {
	return &world.Subject{Image: "web", Reference: "registry.example/site/web@sha256:aa", ImageID: "sha256:id"}
}

// Whatever is not a plain pass must be refused: one fixture for each way in
// which godog, left alone, is too kind.
func TestGateRefuses(t *testing.T) {
	tests := []struct {
		name   string
		lines  []string
		policy smoke.Policy
		want   smoke.Verdict
	}{
		{
			"passes",
			[]string{"Scenario: a", "Then it works"},
			smoke.Policy{},
			smoke.Verdict{State: smoke.StatePassed, Passed: 1, Planned: 1},
		},
		{
			"zero scenarios", nil,
			smoke.Policy{},
			smoke.Verdict{State: smoke.StateIncomplete, Reasons: []string{"no scenario was planned"}},
		},
		{
			"failed",
			[]string{"Scenario: a", "Then it is otherwise"},
			smoke.Policy{},
			smoke.Verdict{State: smoke.StateFailed, Reasons: []string{`gate.feature:2 "a": failed`}, Planned: 1},
		},
		{
			"could not look",
			[]string{"Scenario: a", "Then it cannot look"},
			smoke.Policy{},
			smoke.Verdict{State: smoke.StateError, Reasons: []string{`gate.feature:2 "a": could not be tested`}, Planned: 1},
		},
		{
			"undefined",
			[]string{"Scenario: a", "Then it works", "And it sings"},
			smoke.Policy{},
			smoke.Verdict{State: smoke.StateIncomplete, Reasons: []string{`gate.feature:2 "a": undefined`}, Planned: 1},
		},
		{
			"claims undefined",
			[]string{"Scenario: a", "Then it claims to be undefined"},
			smoke.Policy{},
			smoke.Verdict{State: smoke.StateError, Reasons: []string{`gate.feature:2 "a": could not be tested`}, Planned: 1},
		},
		{
			"pending",
			[]string{"Scenario: a", "Then it is pending"},
			smoke.Policy{},
			smoke.Verdict{State: smoke.StateIncomplete, Reasons: []string{`gate.feature:2 "a": pending`}, Planned: 1},
		},
		{
			"skipped",
			[]string{"Scenario: a", "Then it skips", "And it works"},
			smoke.Policy{},
			smoke.Verdict{State: smoke.StateIncomplete, Reasons: []string{`gate.feature:2 "a": skipped`}, Planned: 1},
		},
		{
			"empty scenario",
			[]string{"Scenario: a", "Scenario: b", "Then it works"},
			smoke.Policy{},
			smoke.Verdict{State: smoke.StateIncomplete, Reasons: []string{`gate.feature:2 "a": undefined`}, Passed: 1, Planned: 2},
		},
		{
			"step panic",
			[]string{"Scenario: a", "Then it panics", "Scenario: b", "Then it works"},
			smoke.Policy{},
			smoke.Verdict{State: smoke.StateFailed, Reasons: []string{`gate.feature:2 "a": failed`}, Passed: 1, Planned: 2},
		},
		{
			"hook panic",
			[]string{"Scenario: a", "Then its cleanup panics"},
			smoke.Policy{},
			smoke.Verdict{State: smoke.StateError, Reasons: []string{`gate.feature:2 "a": could not be tested`}, Planned: 1},
		},
		{
			"cleanup fails",
			[]string{"Scenario: a", "Then its cleanup fails"},
			smoke.Policy{},
			smoke.Verdict{State: smoke.StateError, Reasons: []string{`gate.feature:2 "a": could not be tested`}, Planned: 1},
		},
		{
			"image unused",
			[]string{"Scenario: a", "Then it ignores the image"},
			smoke.Policy{},
			smoke.Verdict{State: smoke.StateIncomplete, Reasons: []string{"no scenario used the image under test"}, Passed: 1, Planned: 1},
		},
		{
			"required tag",
			[]string{"@slow", "Scenario: a", "Then it works"},
			smoke.Policy{RequireTags: []string{"@slow", "@health"}},
			smoke.Verdict{State: smoke.StateIncomplete, Reasons: []string{"no scenario tagged @health passed"}, Passed: 1, Planned: 1},
		},
		{
			"too few",
			[]string{"Scenario: a", "Then it works"},
			smoke.Policy{MinScenarios: 2},
			smoke.Verdict{State: smoke.StateIncomplete, Reasons: []string{"1 scenarios passed, 2 are wanted"}, Passed: 1, Planned: 1},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			record := smoke.Run(t.Context(), smoke.Plan{
				Scenarios: parse(t, tt.lines...), Vocabulary: vocabulary(t), Parts: world.Parts{Subject: subject()},
			})
			if diff := cmp.Diff(tt.want, smoke.Conclude(record, tt.policy)); diff != "" {
				t.Errorf("verdict (-want +got):\n%s\nrecord: %+v", diff, record)
			}
		})
	}
}

func TestGateRefusesAmbiguity(t *testing.T) {
	run := func(_ context.Context, w *world.World, _ step.Args) error { w.Subject(); return nil }
	v := vocabulary(t,
		step.Definition{Pattern: "port {count} is tcp", Keyword: step.Then, Doc: "One.", Example: "port 1 is tcp", Run: run},
		step.Definition{Pattern: "port 80 is {protocol}", Keyword: step.Then, Doc: "Other.", Example: "port 80 is udp", Run: run},
	)
	scenarios := parse(t, "Scenario: a", "Then port 80 is tcp")
	want := `gate.feature:3:1: error[ambiguous-step]: the step "port 80 is tcp" matches 2 steps`
	if got := smoke.Check(scenarios, v).Error(); got != want {
		t.Errorf("Check: %s, want %s", got, want)
	}
	record := smoke.Run(t.Context(), smoke.Plan{Scenarios: scenarios, Vocabulary: v, Parts: world.Parts{Subject: subject()}})
	if got := smoke.Conclude(record, smoke.Policy{}); got.State != smoke.StateFailed || record.Scenarios[0].Status != smoke.Ambiguous {
		t.Errorf("verdict %+v of %+v, want failed because ambiguous", got, record.Scenarios[0])
	}
}

// A record that was cut short or made up must not pass either.
func TestConcludeDistrustsRecords(t *testing.T) {
	good := smoke.ScenarioRecord{ID: "a:1", Name: "a", Status: smoke.Passed, UsedSubject: true}
	tests := []struct {
		name   string
		record smoke.Record
		want   []string
	}{
		{"the zero record", smoke.Record{}, []string{"no scenario was planned"}},
		{"not all run", smoke.Record{Planned: 2, Executed: 1, Scenarios: []smoke.ScenarioRecord{good}}, []string{"1 of 2 scenarios were run"}},
		{
			"an unknown status",
			smoke.Record{Planned: 1, Executed: 1, Scenarios: []smoke.ScenarioRecord{{ID: "a:1", Name: "a", Status: "fine", UsedSubject: true}}},
			[]string{`a:1 "a": could not be tested`},
		},
		{
			"a refusal beside passes",
			smoke.Record{Planned: 1, Executed: 1, Scenarios: []smoke.ScenarioRecord{good}, Refusal: &smoke.Refusal{Reason: "moved", Failed: true}},
			[]string{"moved"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := smoke.Conclude(tt.record, smoke.Policy{})
			if v.State == smoke.StatePassed {
				t.Error("the verdict is passed")
			}
			if diff := cmp.Diff(tt.want, v.Reasons); diff != "" {
				t.Errorf("reasons (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOutcomes(t *testing.T) {
	tests := []struct {
		sentence string
		status   smoke.Status
		text     string
	}{
		{"it works", smoke.Passed, ""},
		{"it is otherwise", smoke.Failed, "found a, want b"},
		{"it cannot look", smoke.Errored, "connecting: no route"},
		{"it panics", smoke.Failed, "the step panicked: a bug"},
		{"its cleanup panics", smoke.Errored, "cleaning up the mount: panic: a bug"},
		{"its cleanup fails", smoke.Errored, "cleaning up the mount: busy"},
		{"it sings", smoke.Undefined, ""},
		{"it is pending", smoke.Pending, "step implementation is pending"},
		{"it skips", smoke.Skipped, "skipped"},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			record := smoke.Run(t.Context(), smoke.Plan{
				Scenarios: parse(t, "Scenario: a", "Then "+tt.sentence), Vocabulary: vocabulary(t), Parts: world.Parts{Subject: subject()},
			})
			got := record.Scenarios[0]
			_, text := got.Failure()
			if got.Status != tt.status || text != tt.text {
				t.Errorf("status %q, error %q, want %q, %q", got.Status, text, tt.status, tt.text)
			}
			if record.Executed != 1 || record.Planned != 1 {
				t.Errorf("%d of %d executed, want 1 of 1", record.Executed, record.Planned)
			}
		})
	}
}

func TestStepsAfterAFailureAreSkipped(t *testing.T) {
	record := smoke.Run(t.Context(), smoke.Plan{
		Scenarios:  parse(t, "Background:", "Given it works", "Scenario: a", "When it is otherwise", "Then it works"),
		Vocabulary: vocabulary(t), Parts: world.Parts{Subject: subject()},
	})
	var got []string
	for _, s := range record.Scenarios[0].Steps {
		got = append(got, fmt.Sprintf("%d %s %s: %s", s.Line, s.Keyword, s.Text, s.Status))
	}
	want := []string{"3 Given it works: passed", "5 When it is otherwise: failed", "6 Then it works: skipped"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

// The clock is false, so a scenario of two minutes takes no time.
func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		deaf := step.Definition{
			Pattern: "it is deaf", Keyword: step.Then, Doc: "Heeds nothing.", Example: "it is deaf",
			Run: func(context.Context, *world.World, step.Args) error { <-release; return nil },
		}
		began := time.Now()
		record := smoke.Run(t.Context(), smoke.Plan{
			Scenarios:  parse(t, "Scenario: a", "Then it waits for ever", "Scenario: b", "Then it is deaf", "Scenario: c", "Then it works"),
			Vocabulary: vocabulary(t, deaf), Parts: world.Parts{Subject: subject()},
		})
		close(release)
		var got []string
		for _, s := range record.Scenarios {
			_, text := s.Failure()
			got = append(got, fmt.Sprintf("%s %s: %s", s.Name, s.Status, text))
		}
		want := []string{
			"a failed: the scenario ran longer than 2m0s",
			"b failed: the scenario ran longer than 2m0s; the step did not end and was left behind",
			"c passed: ",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("scenarios (-want +got):\n%s", diff)
		}
		if took := time.Since(began); took != 4*time.Minute+10*time.Second {
			t.Errorf("took %s, want twice the timeout and the grace", took)
		}
	})
}

func TestInterruptedRun(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	stop := step.Definition{
		Pattern: "it is interrupted", Keyword: step.Then, Doc: "Interrupts.", Example: "it is interrupted",
		Run: func(ctx context.Context, _ *world.World, _ step.Args) error { cancel(); return ctx.Err() },
	}
	record := smoke.Run(ctx, smoke.Plan{
		Scenarios:  parse(t, "Scenario: a", "Then it is interrupted", "Scenario: b", "Then it works"),
		Vocabulary: vocabulary(t, stop), Parts: world.Parts{Subject: subject()},
	})
	got := []smoke.Status{record.Scenarios[0].Status, record.Scenarios[1].Status}
	if diff := cmp.Diff([]smoke.Status{smoke.Errored, smoke.NotRun}, got); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	if v := smoke.Conclude(record, smoke.Policy{}); v.State != smoke.StateError {
		t.Errorf("verdict %q, want error", v.State)
	}
}

func TestParallelKeepsOrderAndState(t *testing.T) {
	var lines []string
	for i := range 20 {
		lines = append(lines, fmt.Sprintf("Scenario: s%02d", i), []string{"Then it works", "Then it is otherwise"}[i%2])
	}
	record := smoke.Run(t.Context(), smoke.Plan{
		Scenarios: parse(t, lines...), Vocabulary: vocabulary(t), Parts: world.Parts{Subject: subject()}, Parallel: 8,
	})
	for i, s := range record.Scenarios {
		want := []smoke.Status{smoke.Passed, smoke.Failed}[i%2]
		if s.Name != fmt.Sprintf("s%02d", i) || s.Status != want {
			t.Errorf("scenario %d is %s %s, want %s", i, s.Name, s.Status, want)
		}
	}
	if record.Executed != 20 {
		t.Errorf("%d executed, want 20", record.Executed)
	}
}

// Rows of an outline cannot be addressed by godog; each is a file of its own.
func TestOutlineRows(t *testing.T) {
	scenarios := parse(t,
		"  Scenario Outline: <what>", "    Then it <does>", "",
		"    Examples:", "      | what | does         |", "      | good | works        |", "      | bad  | is otherwise |", "",
		"    @more", "    Examples: more", "      | what | does  |", "      | fine | works |")
	record := smoke.Run(t.Context(), smoke.Plan{Scenarios: scenarios, Vocabulary: vocabulary(t), Parts: world.Parts{Subject: subject()}})
	var got []string
	for _, s := range record.Scenarios {
		got = append(got, fmt.Sprintf("%s %s %v: %s", s.ID, s.Name, s.Tags, s.Status))
	}
	want := []string{"gate.feature:7 good []: passed", "gate.feature:8 bad []: failed", "gate.feature:13 fine [@more]: passed"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}
