package smoke

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cucumber/godog"

	"github.com/slipway-build/slipway/core/smoke/feature"
	"github.com/slipway-build/slipway/core/smoke/step"
	"github.com/slipway-build/slipway/core/smoke/world"
)

// An attempt is one scenario being run.
type attempt struct {
	plan     Plan
	scenario feature.Scenario
	world    *world.World
	outcomes []outcome // one for each step that was begun, in order
	left     bool      // a step was left behind: the world is not ours to read
}

// An outcome is what a wrapped step came to.
type outcome struct {
	err      error
	duration time.Duration
}

func newAttempt(plan Plan, s feature.Scenario) *attempt {
	return &attempt{plan: plan, scenario: s, world: world.New(plan.Parts)}
}

// run runs the scenario, gathers evidence, cleans up and records.
func (a *attempt) run(ctx context.Context) ScenarioRecord {
	record := newScenarioRecord(a.scenario)
	record.Started = time.Now()
	limited, cancel := context.WithTimeoutCause(ctx, a.plan.Timeout, timeoutError{a.plan.Timeout})
	defer cancel()
	code, entries, err := a.godog(limited)
	record.merge(a.outcomes, entries, code, err)
	a.close(ctx, &record)
	record.UsedSubject = a.world.Used()
	record.Duration = time.Since(record.Started)
	return record
}

// close keeps evidence when there is something to explain, and cleans up; both
// also when the run was interrupted.
func (a *attempt) close(ctx context.Context, record *ScenarioRecord) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.plan.Grace)
	defer cancel()
	if record.Status != Passed && !a.left {
		record.Attachments = a.world.Evidence(ctx)
	}
	if err := a.world.Cleanup(ctx); err != nil {
		record.fault(err.Error())
	}
}

// godog runs the scenario's own file and returns godog's code and journal.
func (a *attempt) godog(ctx context.Context) (code int, entries []entry, err error) {
	var out bytes.Buffer
	suite := godog.TestSuite{
		Name:                a.scenario.ID(),
		ScenarioInitializer: a.register,
		Options: &godog.Options{
			Strict: true, NoColors: true, Format: journalFormat, Concurrency: 1, Output: &out, DefaultContext: ctx,
			FeatureContents: []godog.Feature{{Name: a.scenario.URI, Contents: a.scenario.Source()}},
		},
	}
	code = suite.Run()
	entries, err = readJournal(&out)
	return code, entries, err
}

// register gives godog the whole vocabulary, so that it judges for itself
// whether a sentence is undefined or ambiguous. The expressions capture
// nothing: the arguments are ours.
func (a *attempt) register(sc *godog.ScenarioContext) {
	for i, d := range a.plan.Vocabulary.Definitions() {
		sc.Step(a.plan.Vocabulary.Expression(i), func(ctx context.Context) error {
			return a.next(ctx, d)
		})
	}
}

// next carries out the next step, which godog says is an instance of d. Steps
// run in order and stop at the first that does not pass, so the number of
// outcomes is the step's index.
func (a *attempt) next(ctx context.Context, d step.Definition) error {
	started := time.Now()
	err := errors.New("godog ran more steps than the scenario has")
	if i := len(a.outcomes); i < len(a.scenario.Steps) {
		err = a.step(ctx, d, a.scenario.Steps[i])
	}
	a.outcomes = append(a.outcomes, outcome{err: err, duration: time.Since(started)})
	return err
}

func (a *attempt) step(ctx context.Context, d step.Definition, s feature.Step) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	matches := a.plan.Vocabulary.Match(s.Text)
	if len(matches) != 1 || matches[0].Definition.Pattern != d.Pattern {
		return fmt.Errorf("godog took %q for the step %q", s.Text, d.Pattern)
	}
	return a.bounded(ctx, func() error {
		args, err := matches[0].Args(a.world.Expand, s.Doc, s.Rows)
		if err != nil {
			return err
		}
		return d.Run(ctx, a.world, args)
	})
}

// bounded runs a step in a goroutine of its own and leaves it behind when it
// does not heed the end of its time. The end of the scenario's time takes the
// place of whatever the step made of it.
func (a *attempt) bounded(ctx context.Context, run func() error) error {
	done := make(chan error, 1)
	go func() { done <- contained(run) }()
	select {
	case err := <-done:
		return timely(ctx, err)
	case <-ctx.Done():
	}
	grace := time.NewTimer(a.plan.Grace)
	defer grace.Stop()
	select {
	case err := <-done:
		return timely(ctx, err)
	case <-grace.C:
		a.left = true
		return fmt.Errorf("%w; the step did not end and was left behind", context.Cause(ctx))
	}
}

func timely(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil {
		return err
	}
	if _, mismatch := errors.AsType[world.Mismatch](err); mismatch {
		return err
	}
	return context.Cause(ctx)
}

// contained turns a panic of a step into its error.
func contained(run func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicError{value: p}
		}
	}()
	return run()
}

// A timeoutError is the end of a scenario's time.
type timeoutError struct{ limit time.Duration }

// Error says how long the scenario may run.
func (e timeoutError) Error() string {
	return fmt.Sprintf("the scenario ran longer than %s", e.limit)
}

// A panicError is a step that panicked.
type panicError struct{ value any }

// Error returns what the step panicked with.
func (e panicError) Error() string { return fmt.Sprintf("the step panicked: %v", e.value) }
