package gate

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/slipway-build/slipway/core/ledger"
)

// Recover closes every promotion that a run left open: it
// finishes what can be vouched for still and undoes the rest. A promotion is
// vouched for when each digest's verdict is the one relied on and passes, no
// hold was set meanwhile, and no tag was moved by someone else. When the
// registry cannot be asked, the promotion stays open and the error says so.
// A second call finds nothing to do.
func (g *Gate) Recover(ctx context.Context) error {
	return g.settle(ctx, func(ledger.Move) bool { return true })
}

// settleFor closes the open promotions that have a tag in common with targets:
// to promote over one that is half done would make the other half final.
func (g *Gate) settleFor(ctx context.Context, targets []Target) error {
	return g.settle(ctx, func(m ledger.Move) bool {
		return slices.ContainsFunc(targets, func(t Target) bool { return t.String() == target(m).String() })
	})
}

// settle closes the open promotions with a move that touches picks.
func (g *Gate) settle(ctx context.Context, touches func(ledger.Move) bool) error {
	open, err := g.ledger.OpenPromotions()
	if err != nil {
		return fmt.Errorf("recovering promotions: %w", err)
	}
	var errs []error
	for _, p := range open {
		if !slices.ContainsFunc(p.Moves, touches) {
			continue
		}
		if err := g.recoverLocked(ctx, p.Promotion); err != nil {
			errs = append(errs, fmt.Errorf("recovering the promotion of %s: %w", p.Set, err))
		}
	}
	return errors.Join(errs...)
}

func (g *Gate) recoverLocked(ctx context.Context, p ledger.Promotion) error {
	var targets []Target
	for _, m := range p.Moves {
		targets = append(targets, target(m))
	}
	locks, err := g.lock(ctx, targets)
	if err != nil {
		return err
	}
	err = g.recoverOne(ctx, p)
	return errors.Join(err, locks.release())
}

// recoverOne looks whether p is still open now that its tags are locked.
func (g *Gate) recoverOne(ctx context.Context, p ledger.Promotion) error {
	open, err := g.ledger.OpenPromotions()
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(open, func(o ledger.OpenPromotion) bool { return o.ID == p.ID }) {
		return nil
	}
	t := g.begin(p)
	todo, objection, err := t.survey(ctx)
	if err != nil {
		return err
	}
	if objection != nil {
		return t.giveUp(ctx, objection)
	}
	return t.carryOut(ctx, todo)
}

// giveUp undoes the promotion. That it was undone is what recovery is for and
// no error, unless a tag is stuck or the journal did not take it.
func (t *transaction) giveUp(ctx context.Context, objection error) error {
	stuck, err := t.restore(ctx)
	if len(stuck) == 0 && err == nil {
		return nil
	}
	return t.undone(objection, stuck, err)
}

// survey sorts the moves into those made (attempted) and those to do, and
// returns what speaks against finishing, if anything does.
func (t *transaction) survey(ctx context.Context) (todo []ledger.Move, objection, err error) {
	for _, m := range t.promotion.Moves {
		got, err := t.gate.at(ctx, target(m))
		if err != nil {
			return nil, nil, err
		}
		switch got {
		case m.Digest:
			t.attempted = append(t.attempted, m)
		case m.Old:
			todo = append(todo, m)
		default:
			objection = errors.Join(objection, &Conflict{Target: target(m), Want: m.Old, Got: got})
		}
		against, err := t.gate.vouch(ctx, t.promotion, m, got)
		if err != nil {
			return nil, nil, err
		}
		objection = errors.Join(objection, against)
	}
	return todo, objection, nil
}

// vouch asks again what may have changed since the promotion was intended.
func (g *Gate) vouch(ctx context.Context, p ledger.Promotion, m ledger.Move, at string) (objection, err error) {
	key, err := g.passed(ctx, m)
	if Refused(err) {
		return err, nil
	}
	if err != nil {
		return nil, err
	}
	if key != m.Verdict {
		return &Refusal{
			Set: p.Set, Image: m.Image, Digest: m.Digest,
			Reasons: []string{"it was tested again in another way since: promote it again"},
		}, nil
	}
	if p.Rollback || at == m.Digest {
		return nil, nil
	}
	hold, err := g.holdAt(ctx, target(m))
	if err != nil || hold == nil {
		return nil, err
	}
	return &Refusal{Set: p.Set, Image: m.Image, Digest: m.Digest, Reasons: []string{hold.refusal()}}, nil
}
