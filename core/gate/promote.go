package gate

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"time"

	"github.com/slipway-build/slipway/core/internal/filelock"
	"github.com/slipway-build/slipway/core/ledger"
)

// Options is how a set is promoted.
type Options struct {
	Check       bool          // judge and plan, and put nothing
	Actor       string        // who promotes, for the record
	MaxAge      time.Duration // how old a verdict may be; 0: any age
	RequireHead bool          // refuse a member that names no candidate tag
}

// A Result is what a promotion did, or would do under Check.
type Result struct {
	ID      string // of the promotion; empty when nothing had to move
	Moved   []ledger.Move
	Already []ledger.Move // stood there before
	Check   bool

	Verdicts map[string]Verdict // by image: what was relied on
}

// Promote judges every member of set and, when none is refused, moves all
// tags, parents first. A digest that stands where it should is left alone. A
// promotion of one of these tags that was left open is closed first.
//
// The error is [Refusals] when the gate says no, and then nothing has moved;
// an [UndoneError] when a tag had to be put back, whether that worked or not;
// an [UnrecordedError] when all tags moved and the registry did not take the
// record of it.
func (g *Gate) Promote(ctx context.Context, set Set, options Options) (Result, error) {
	if err := set.check(); err != nil {
		return Result{}, err
	}
	if !options.Check {
		if err := g.settleFor(ctx, set.targets()); err != nil {
			return Result{}, err
		}
	}
	if done, err := g.recalling().judge(ctx, set, options); err == nil && len(done.Moved) == 0 {
		return done, nil
	}
	locks, err := g.lock(ctx, set.targets())
	if err != nil {
		return Result{}, err
	}
	result, err := g.promote(ctx, set, options)
	return result, errors.Join(err, locks.release())
}

// judge says what would move, if nothing is refused.
func (g *Gate) judge(ctx context.Context, set Set, options Options) (Result, error) {
	candidates, err := g.examine(ctx, set, options)
	if err != nil {
		return Result{}, err
	}
	result := Result{Check: options.Check, Verdicts: map[string]Verdict{}}
	for _, c := range candidates {
		result.Verdicts[c.Image] = c.verdict
		if err := g.plan(ctx, c, &result); err != nil {
			return Result{}, err
		}
	}
	return result, nil
}

func (g *Gate) promote(ctx context.Context, set Set, options Options) (Result, error) {
	result, err := g.judge(ctx, set, options)
	if err != nil {
		return Result{}, err
	}
	if options.Check || len(result.Moved) == 0 {
		return result, nil
	}
	t := g.begin(ledger.Promotion{ID: g.newID(), Set: set.name(), Actor: options.Actor, Moves: result.Moved})
	result.ID = t.promotion.ID
	if err := t.run(ctx); err != nil {
		result.Moved = t.kept()
		return result, err
	}
	return result, nil
}

// plan reads what stands under c's targets and adds a move for each.
func (g *Gate) plan(ctx context.Context, c candidate, r *Result) error {
	for _, t := range c.targets() {
		old, err := g.at(ctx, t)
		if err != nil {
			return err
		}
		m := ledger.Move{
			Image: c.Image, Repository: c.Repository, From: c.From, Tag: t.Tag,
			Digest: c.Digest, Old: old, Verdict: c.verdict.Key(),
		}
		if old == c.Digest {
			r.Already = append(r.Already, m)
		} else {
			r.Moved = append(r.Moved, m)
		}
	}
	return nil
}

// newID names a promotion so that no other run uses the name.
func (g *Gate) newID() string { return g.run.ID() + "/" + rand.Text()[:8] }

// locks are held while a set is on its way.
type locks []*filelock.Lock

// lock takes the targets in one order for everybody, so that two sets with a
// common target wait for each other instead of for ever.
func (g *Gate) lock(ctx context.Context, targets []Target) (locks, error) {
	var names []string
	for _, t := range targets {
		names = append(names, t.String())
	}
	slices.Sort(names)
	var held locks
	for _, name := range slices.Compact(names) {
		l, err := g.ledger.Lock(ctx, name)
		if err != nil {
			return nil, errors.Join(err, held.release())
		}
		held = append(held, l)
	}
	return held, nil
}

func (l locks) release() error {
	var errs []error
	for _, one := range l {
		errs = append(errs, one.Release())
	}
	return errors.Join(errs...)
}

func target(m ledger.Move) Target {
	return Target{Image: m.Image, Repository: m.Repository, Tag: m.Tag}
}
