package gate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Rollback is a tag that is to go back.
type Rollback struct {
	Target
	To     string        // a digest of the repository; empty: what stood there before
	Actor  string        // who wants it
	Reason string        // why; must be given
	Hold   time.Duration // how long the tag is kept there; 0: until the hold is lifted
	// Step is the step of a run that asks, by a name that no other has: asked again,
	// because the run was killed before it knew, the tag does not go back once
	// more. Empty: each call is another rollback.
	Step string
}

// Rollback puts an earlier digest back under a tag and sets a hold, so that
// no automation moves the tag on before somebody has looked. It is a
// promotion like any other, journaled and recorded, but for three things: the
// age of the verdict, the candidate's tag and a hold that stands do not
// matter. Without a passed verdict a digest cannot be rolled back to either.
func (g *Gate) Rollback(ctx context.Context, r Rollback) (Result, error) {
	if err := needsReason("a rollback", r.Reason); err != nil {
		return Result{}, err
	}
	if err := g.settleFor(ctx, []Target{r.Target}); err != nil {
		return Result{}, err
	}
	locks, err := g.lock(ctx, []Target{r.Target})
	if err != nil {
		return Result{}, err
	}
	result, err := g.rollback(ctx, r)
	return result, errors.Join(err, locks.release())
}

func (g *Gate) rollback(ctx context.Context, r Rollback) (Result, error) {
	if done, err := g.rolledBack(r); done.ID != "" || err != nil {
		return done, err
	}
	m, err := g.wayBack(ctx, r)
	if err != nil {
		return Result{}, err
	}
	hold := newHold(r.Target, m.Digest, r.Actor, r.Reason, r.Hold)
	if err := g.attachHold(ctx, hold); err != nil {
		return Result{}, g.dropHold(ctx, hold, err) // the answer may be all that was lost
	}
	if m.Old == m.Digest {
		return Result{Already: []ledger.Move{m}}, nil
	}
	t := g.begin(ledger.Promotion{
		ID: g.newID(), Set: r.Image, Actor: r.Actor, Rollback: true, Reason: r.Reason, Step: r.Step, Moves: []ledger.Move{m},
	})
	result := Result{ID: t.promotion.ID, Moved: []ledger.Move{m}}
	if err := t.run(ctx); err != nil {
		result.Moved = t.kept()
		if t.done || len(t.attempted) > 0 { // it went back, or may have
			return result, err
		}
		return result, g.dropHold(ctx, hold, err)
	}
	return result, nil
}

// rolledBack returns what a step has rolled back already; no ID for nothing.
func (g *Gate) rolledBack(r Rollback) (Result, error) {
	if r.Step == "" {
		return Result{}, nil
	}
	events, err := g.ledger.Promotions()
	if err != nil {
		return Result{}, fmt.Errorf("looking whether %s was rolled back: %w", r.Target, err)
	}
	for _, e := range events {
		p := e.Promotion
		if p.Step == r.Step && p.Phase == ledger.Finished && target(p.Moves[0]).String() == r.String() {
			return Result{ID: p.ID, Moved: p.Moves}, nil
		}
	}
	return Result{}, nil
}

// dropHold lifts the hold of a rollback that did not come about: it was set
// first, so that nobody could slip in between.
func (g *Gate) dropHold(ctx context.Context, h Hold, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTime)
	defer cancel()
	return errors.Join(cause, g.lift(ctx, h, h.Actor))
}

// wayBack returns the move that r asks for, after judging its digest.
func (g *Gate) wayBack(ctx context.Context, r Rollback) (ledger.Move, error) {
	old, err := g.standing(ctx, r.Target)
	if err != nil {
		return ledger.Move{}, fmt.Errorf("rolling back: %w", err)
	}
	to := r.To
	if to == "" {
		if to, err = g.previous(ctx, r.Target, old); err != nil {
			return ledger.Move{}, err
		}
	}
	m := ledger.Move{Image: r.Image, Repository: r.Repository, Tag: r.Tag, Digest: to, Old: old}
	m.Verdict, err = g.passed(ctx, m)
	return m, err
}

// previous returns what stood under t before digest did, by the newest record
// attached to digest.
func (g *Gate) previous(ctx context.Context, t Target, digest string) (string, error) {
	records, err := g.records(ctx, t, digest)
	if err != nil {
		return "", err
	}
	if len(records) == 0 || records[len(records)-1].Old == "" {
		return "", diag.Errorf("no-previous", diag.Pos{}, "there is no record of what stood under %s before %s", t, digest).
			WithFix("name the digest to go back to")
	}
	return records[len(records)-1].Old, nil
}

// passed returns the key of the passed verdict of m's digest, or [Refusals].
func (g *Gate) passed(ctx context.Context, m ledger.Move) (string, error) {
	manifest, err := g.fetch(ctx, m.Repository, m.Digest)
	if err != nil {
		return "", err
	}
	v, err := g.Find(ctx, manifest)
	reasons := v.Faults()
	if errors.Is(err, fs.ErrNotExist) {
		reasons, err = []string{"there is no verdict of it, wanted passed: smoke-test it"}, nil
	}
	if err != nil {
		return "", err
	}
	if len(reasons) > 0 {
		return "", Refusals{{Set: m.Image, Image: m.Image, Digest: m.Digest, Reasons: reasons}}
	}
	return v.Key(), nil
}

func needsReason(what, reason string) error {
	if reason != "" {
		return nil
	}
	return diag.Errorf("no-reason", diag.Pos{}, "%s has no reason", what).WithFix("say why with --reason")
}
