package gate

import (
	"context"
	"fmt"
	"slices"

	"github.com/slipway-build/slipway/core/ledger"
)

// History returns the promotions and rollbacks of t, newest first, each once:
// those the ledger knows, and those found in the registry by going from what
// stands there now to what stood there before, as far as the records reach.
func (g *Gate) History(ctx context.Context, t Target) ([]Record, error) {
	local, err := g.localHistory(t)
	if err != nil {
		return nil, err
	}
	remote, err := g.remoteHistory(ctx, t)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	var out []Record
	for _, r := range slices.Concat(remote, local) { // a record of both tells the time of the one everybody sees
		if !known[r.ID] {
			out = append(out, r)
		}
		known[r.ID] = true
	}
	slices.SortStableFunc(out, func(a, b Record) int { return b.Time.Compare(a.Time) })
	return out, nil
}

// localHistory reads the promotions that the ledger has as finished.
func (g *Gate) localHistory(t Target) ([]Record, error) {
	events, err := g.ledger.Promotions()
	if err != nil {
		return nil, fmt.Errorf("reading the history of %s: %w", t, err)
	}
	var out []Record
	for _, e := range events {
		if e.Promotion.Phase != ledger.Finished {
			continue
		}
		for _, m := range e.Promotion.Moves {
			if m.Repository == t.Repository && m.Tag == t.Tag {
				out = append(out, recordOf(e.RunID, *e.Promotion, m, e.Time))
			}
		}
	}
	return out, nil
}

// remoteHistory follows the records from digest to digest. A rollback leads
// back to a digest that was seen, which ends that way.
func (g *Gate) remoteHistory(ctx context.Context, t Target) ([]Record, error) {
	now, err := g.at(ctx, t)
	if err != nil {
		return nil, err
	}
	var out []Record
	seen := map[string]bool{"": true}
	for next := []string{now}; len(next) > 0; next = next[1:] {
		if seen[next[0]] {
			continue
		}
		seen[next[0]] = true
		records, err := g.records(ctx, t, next[0])
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			out, next = append(out, r), append(next, r.Old)
		}
	}
	return out, nil
}
