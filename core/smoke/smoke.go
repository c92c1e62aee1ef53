// Package smoke proves an image with Gherkin: it checks features before
// anything is built, runs them against one pushed digest or against a
// deployment of it, and concludes a verdict.
//
// It fails closed. Only scenarios that were planned, ran to their end and
// passed count; nothing planned, nothing run, a step that is undefined,
// pending, skipped or ambiguous, a scenario that never touched the image, a
// deployment that runs another digest: each is a refusal with a reason.
//
// godog runs the steps and is kept behind a wall, because much of what a gate
// must refuse it lets pass, and a panic in one of its hooks ends the process.
// So there are no hooks; every step is wrapped, with a deadline; each scenario
// is a run of godog of its own, on a file that holds that scenario alone; and
// the only truth is the record made by the wrapped steps, which must agree with
// what godog's formatter saw and with its return code. Containers a scenario
// started are stopped after the run, not by hooks, which run too early.
//
// Defaults: two minutes for a scenario, ten seconds more for a step that does
// not heed its deadline, one scenario at a time.
package smoke

import (
	"cmp"
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/slipway-build/slipway/core/smoke/feature"
	"github.com/slipway-build/slipway/core/smoke/step"
	"github.com/slipway-build/slipway/core/smoke/world"
)

// A Plan is what Run carries out.
type Plan struct {
	Scenarios  []feature.Scenario
	Vocabulary *step.Vocabulary
	Parts      world.Parts   // the subject, and what the steps need
	Timeout    time.Duration // for one scenario, without its cleanup; default 2 minutes
	Grace      time.Duration // how long a step may ignore the end of its time, and a cleanup may take; default 10 seconds
	Parallel   int           // scenarios at a time; default 1
}

// Run runs the scenarios of a plan and records what became of each, in the
// order of the plan. When ctx ends, scenarios that were not begun are not-run.
// Nothing a step, a runtime or a deployment does makes Run panic.
func Run(ctx context.Context, plan Plan) Record {
	plan.Timeout = cmp.Or(plan.Timeout, 2*time.Minute)
	plan.Grace = cmp.Or(plan.Grace, 10*time.Second)
	record := newRecord(plan)
	if record.refuse(deploymentTrouble(ctx, plan.Parts)); record.Refusal != nil {
		return record
	}
	registerJournal()
	slots := make(chan struct{}, max(1, plan.Parallel))
	var wg sync.WaitGroup
	for i := range plan.Scenarios {
		slots <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-slots }()
			record.Scenarios[i] = runContained(ctx, plan, plan.Scenarios[i])
		})
	}
	wg.Wait()
	record.finish()
	record.refuse(deploymentTrouble(ctx, plan.Parts))
	return record
}

// runContained runs one scenario. A panic outside of its steps is an error of
// that scenario.
func runContained(ctx context.Context, plan Plan, s feature.Scenario) (out ScenarioRecord) {
	defer func() {
		if p := recover(); p != nil {
			out = newScenarioRecord(s)
			out.Status = Errored
			out.Error = fmt.Sprintf("panic outside of the steps: %v\n%s", p, debug.Stack())
		}
	}()
	return newAttempt(plan, s).run(ctx)
}
