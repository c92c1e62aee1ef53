package action

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/gate"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Rollback is the action that puts an earlier digest back under a tag of the
// image and holds it there. It rolls back what stands there, whoever put it
// there: a task in rescue asks first whether this run did.
type Rollback struct {
	Gate  *gate.Gate
	Actor string
}

// rollbackArgs are the arguments of `rollback`.
type rollbackArgs struct {
	Tag    string        `yaml:"tag"`    // default: latest
	To     string        `yaml:"to"`     // a digest; default: what stood there before
	Reason string        `yaml:"reason"` // why; must be given
	Hold   time.Duration `yaml:"hold"`   // default: until the hold is lifted
}

// Check judges the arguments as written.
func (*Rollback) Check(args document.Node) diag.List {
	var a rollbackArgs
	ds := document.Decode(args, &a)
	if ds == nil && strings.TrimSpace(a.Reason) == "" {
		ds.Add(diag.Errorf("missing-key", args.Pos(), "a rollback needs a reason").WithFix("write reason: whoever meets the hold will want to know"))
	}
	return ds
}

// Run rolls the image of a step back.
func (r *Rollback) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	a := rollbackArgs{Tag: "latest"}
	if err := document.Decode(step.Args, &a).Err(); err != nil {
		return engine.Result{}, err
	}
	result := engine.Result{Verb: "rolled back", Values: map[string]any{"tag": a.Tag, "moved": []any{}}}
	if step.Check {
		result.Changed, result.Verb = true, "would be rolled back"
		return result, nil
	}
	done, err := r.Gate.Rollback(ctx, gate.Rollback{
		Target: gate.Target{Image: step.Image.Name, Repository: step.Image.Repository, Tag: a.Tag},
		To:     a.To, Actor: r.Actor, Reason: a.Reason, Hold: a.Hold,
	})
	result.Changed, result.Values["moved"] = len(done.Moved) > 0, moves(done.Moved)
	for _, m := range append(done.Moved, done.Already...) {
		result.Digest, result.Detail = m.Digest, rolledBack(m)
	}
	return result, promotionError(err)
}

func rolledBack(m ledger.Move) string {
	return fmt.Sprintf("%s was %s, and is held", m.Tag, orNothing(m.Old))
}
