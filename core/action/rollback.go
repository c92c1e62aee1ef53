package action

import (
	"context"
	"fmt"
	"time"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/gate"
	"github.com/slipway-build/slipway/core/ledger"
)

// Rollback is the action that puts an earlier digest back under a tag of the
// image and holds it there. It rolls back what stands there, whoever put it
// there: a task in rescue asks first whether this run did.
type Rollback struct {
	Gate  *gate.Gate
	Actor string
	RunID string
}

// rollbackArgs are the arguments of `rollback`.
type rollbackArgs struct {
	Tag    string        `yaml:"tag" default:"latest" doc:"the tag that is put back"`
	To     string        `yaml:"to" doc:"a digest; by default what the tag pointed to before" example:"sha256:77aa0d6f…"`
	Reason string        `yaml:"reason" doc:"why; whoever meets the hold will want to know. It must be given" example:"orders are lost since 1.4"`
	Hold   time.Duration `yaml:"hold" doc:"how long the image is held; by default until the hold is lifted" example:"24h"`
}

// rollbackResult is what is registered of `rollback`.
type rollbackResult struct {
	Tag   string `yaml:"tag" doc:"the tag"`
	Moved []move `yaml:"moved" doc:"where the tag pointed to, and where it points to now; empty when it was there already"`
}

// Declare declares the action.
func (*Rollback) Declare() declare.Action {
	return declare.Action{
		Name:    "rollback",
		Summary: "put an earlier digest back under a tag, and hold it there",
		About: "What stands under the tag is rolled back, whoever put it there: a task in rescue asks first whether this run did. The hold " +
			"refuses every promotion of the image until it is lifted or over, and the image joins the group held.",
		Args: new(rollbackArgs), Result: new(rollbackResult),
		Check:    "Says that it would roll back, and moves nothing.",
		Examples: []string{"name: Put back what was there\nrollback:\n  reason: the release failed its checks\n  hold: 24h\nwhen: .promotion.promoted"},
		Rule:     reasoned("a rollback"),
	}
}

// Run rolls the image of a step back.
func (r *Rollback) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	a, err := declare.Decode[rollbackArgs](step.Args)
	if err != nil {
		return engine.Result{}, err
	}
	result := engine.Result{Verb: "rolled back", Values: declare.Values(rollbackResult{Tag: a.Tag})}
	if step.Check {
		result.Changed, result.Verb = true, "would be rolled back"
		return result, nil
	}
	done, err := r.Gate.Rollback(ctx, gate.Rollback{
		Target: gate.Target{Image: step.Image.Name, Repository: step.Image.Repository, Tag: a.Tag},
		To:     a.To, Actor: r.Actor, Reason: a.Reason, Hold: a.Hold,
		Step: fmt.Sprintf("%s/%d/%d/%s", r.RunID, step.ID.Play, step.ID.Task, step.ID.Path),
	})
	result.Changed = len(done.Moved) > 0
	if err == nil {
		result.Groups = []string{"held"}
	}
	result.Values = declare.Values(rollbackResult{Tag: a.Tag, Moved: moves(done.Moved)})
	for _, m := range append(done.Moved, done.Already...) {
		result.Digest, result.Detail = m.Digest, rolledBack(m)
	}
	return result, promotionError(err)
}

func rolledBack(m ledger.Move) string {
	return fmt.Sprintf("%s was %s, and is held", m.Tag, orNothing(m.Old))
}
