package gate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/slipway-build/slipway/core/ledger"
)

// undoTime is how long putting back may take after the caller has given up.
const undoTime = 2 * time.Minute

// A transaction moves the tags of one promotion, or none of them.
type transaction struct {
	gate      *Gate
	promotion ledger.Promotion // its moves are in the order in which they are made
	attempted []ledger.Move    // a tag was put, or may have been
	done      bool             // no tag will be put back any more
}

func (g *Gate) begin(p ledger.Promotion) *transaction {
	return &transaction{gate: g, promotion: p}
}

// run journals the intent and carries it out.
func (t *transaction) run(ctx context.Context) error {
	if err := t.journal(ledger.Intended, t.promotion.Moves...); err != nil {
		return fmt.Errorf("journaling the promotion of %s: %w", t.promotion.Set, err)
	}
	return t.carryOut(ctx, t.promotion.Moves)
}

// carryOut makes the moves and closes the promotion; on an error it puts back
// all that was attempted.
func (t *transaction) carryOut(ctx context.Context, moves []ledger.Move) error {
	for _, m := range moves {
		if err := t.gate.anchor(ctx, m); err != nil {
			return t.undo(ctx, err)
		}
	}
	for _, m := range moves {
		if err := t.move(ctx, m); err != nil {
			return t.undo(ctx, err)
		}
	}
	return t.conclude(ctx)
}

// move reads the tag, puts it, reads it again and journals it.
func (t *transaction) move(ctx context.Context, m ledger.Move) error {
	manifest, err := t.gate.fetch(ctx, m.Repository, m.Digest)
	if err != nil {
		return err
	}
	if err := t.gate.expect(ctx, target(m), m.Old); err != nil {
		return err
	}
	t.attempted = append(t.attempted, m)
	if err := t.gate.registry.Tag(ctx, manifest, m.Tag); err != nil {
		return fmt.Errorf("putting %s: %w", target(m), err)
	}
	if err := t.gate.expect(ctx, target(m), m.Digest); err != nil {
		return err
	}
	return t.journal(ledger.Applied, m)
}

// expect returns a [Conflict] when another digest than want stands under at.
func (g *Gate) expect(ctx context.Context, at Target, want string) error {
	got, err := g.at(ctx, at)
	if err != nil {
		return err
	}
	if got != want {
		return &Conflict{Target: at, Want: want, Got: got}
	}
	return nil
}

// conclude attaches the records and closes the promotion. From here on the
// promotion stands: without its records it is left open for recovery to
// complete, not undone.
func (t *transaction) conclude(ctx context.Context) error {
	t.done = true
	err := t.gate.attachRecords(ctx, t.promotion)
	if err == nil {
		err = t.journal(ledger.Finished, t.promotion.Moves...)
	}
	if err != nil {
		return &UnrecordedError{Set: t.promotion.Set, Err: err}
	}
	return nil
}

// undo puts back what was attempted, because of cause, and says what came of it.
func (t *transaction) undo(ctx context.Context, cause error) error {
	stuck, err := t.restore(ctx)
	return t.undone(cause, stuck, err)
}

// undone is the error of a promotion that was given up because of cause, with
// what restore returned.
func (t *transaction) undone(cause error, stuck []Stuck, unrecorded error) error {
	if unrecorded != nil {
		cause = errors.Join(cause, unrecorded)
	}
	return &UndoneError{Set: t.promotion.Set, Cause: cause, Stuck: stuck}
}

// restore puts back what was attempted, the last first, even when ctx is over,
// and journals it. It returns what could not be put back, and why the journal
// did not take it.
func (t *transaction) restore(ctx context.Context) (stuck []Stuck, unrecorded error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTime)
	defer cancel()
	var left []ledger.Move
	for _, m := range slices.Backward(t.attempted) {
		if err := t.gate.putBack(ctx, m); err != nil {
			stuck = append(stuck, Stuck{Target: target(m), Digest: m.Digest, Old: m.Old, Err: err})
			left = append(left, m)
		}
	}
	t.attempted = left
	phase, moves := ledger.Undone, t.promotion.Moves
	if len(left) > 0 {
		phase, moves = ledger.Stuck, left
	}
	return stuck, t.journal(phase, moves...)
}

// putBack makes m's tag point to what it pointed to before. A tag that does
// not point to m's digest is not ours any more and is left alone.
func (g *Gate) putBack(ctx context.Context, m ledger.Move) error {
	got, err := g.at(ctx, target(m))
	if err != nil || got != m.Digest {
		return err
	}
	failed := g.restore(ctx, m)
	got, err = g.at(ctx, target(m))
	switch {
	case err == nil && got == m.Old:
		return nil // even if the answer to the request was lost
	case failed != nil:
		return failed
	case err != nil:
		return err
	}
	return &Conflict{Target: target(m), Want: m.Old, Got: got}
}

func (g *Gate) restore(ctx context.Context, m ledger.Move) error {
	if m.Old == "" {
		if err := g.registry.Untag(ctx, m.Repository, m.Tag); err != nil {
			return fmt.Errorf("taking %s away: %w", target(m), err)
		}
		return nil
	}
	old, err := g.fetch(ctx, m.Repository, m.Old)
	if err != nil {
		return err
	}
	if err := g.registry.Tag(ctx, old, m.Tag); err != nil {
		return fmt.Errorf("putting %s back: %w", target(m), err)
	}
	return nil
}

// kept returns the moves that stand after run returned an error.
func (t *transaction) kept() []ledger.Move {
	if t.done {
		return t.promotion.Moves
	}
	return nil
}

// journal records a phase with its moves.
func (t *transaction) journal(phase string, moves ...ledger.Move) error {
	p := t.promotion
	p.Phase, p.Moves = phase, moves
	return t.gate.run.Record(ledger.Entry{Promotion: &p})
}
