package runs

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/cmd/slipway/internal/preview"
	"github.com/slipway-build/slipway/cmd/slipway/internal/record"
	"github.com/slipway-build/slipway/cmd/slipway/internal/site"
	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/gate"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/plan"
)

// groups are the computed groups as far as they are known before the run; a run
// that goes on keeps those it began with.
func (r *Runner) groups(ctx context.Context, req Request, s site.Site, before *earlier) (map[string][]string, error) {
	if before.planned.Images != nil {
		return before.planned.Groups, nil
	}
	groups, err := r.site.Since(ctx, s.Inventory, s.Family, req.Since)
	if err != nil {
		return nil, err
	}
	failed, err := r.lastFailed(before.journal.ID())
	if failed != nil {
		groups = maps.Clone(groups)
		if groups == nil {
			groups = map[string][]string{}
		}
		groups["failed"] = failed
	}
	return groups, err
}

// lastFailed returns the images that failed or were blocked in the run that was
// at work last and came to its first task, when a limit asks for them.
func (r *Runner) lastFailed(current string) ([]string, error) {
	asks := slices.Contains(strings.FieldsFunc(r.app.Flags.Limit, func(r rune) bool { return strings.ContainsRune(",&!+", r) }), "failed")
	if !asks {
		return nil, nil
	}
	l, err := r.app.Ledger()
	if err != nil {
		return nil, err
	}
	runs, err := l.Runs()
	if err != nil {
		return nil, err
	}
	runs = slices.DeleteFunc(runs, func(r ledger.Summary) bool { return !r.Planned || r.ID == current })
	if len(runs) == 0 {
		return nil, nil
	}
	last := slices.MaxFunc(runs, func(a, b ledger.Summary) int { return a.Last.Compare(b.Last) })
	entries, err := l.Read(last.ID)
	return record.Failed(entries), err
}

// settle works out the groups that are as they were just before the run, as far
// as a play asks for them.
func (y *yard) settle(ctx context.Context, p *plan.Plan) error {
	if err := y.stale(ctx, p); err != nil {
		return err
	}
	if err := y.held(ctx, p); err != nil {
		return err
	}
	return y.promotable(ctx, p)
}

// stale works out the group `stale`: the images whose build is not known. One
// about which nothing could be found out is among them, for unknown is not
// unchanged.
func (y *yard) stale(ctx context.Context, p *plan.Plan) error {
	if !p.Uses("stale") {
		return nil
	}
	decider, err := y.onlooker()
	if err != nil {
		return err
	}
	decisions, err := decider.Preview(ctx, y.read.Inventory.Images)
	if err != nil {
		return err
	}
	p.SetGroup("stale", preview.Stale(decisions))
	return nil
}

// held works out the group `held`: the images on whose latest there is a hold.
func (y *yard) held(ctx context.Context, p *plan.Plan) error {
	if !p.Uses("held") {
		return nil
	}
	held, err := heldAmong(ctx, y.gate, y.read.Inventory.Images)
	if err == nil {
		p.SetGroup("held", held)
	}
	return err
}

// promotable works out the group `promotable`: the images that a promote without
// arguments would move.
func (y *yard) promotable(ctx context.Context, p *plan.Plan) error {
	if !p.Uses("promotable") {
		return nil
	}
	decider, err := y.onlooker()
	if err != nil {
		return err
	}
	promotable, err := promotableAmong(ctx, &action.Promote{Decider: decider, Gate: y.gate, Actor: y.app.Actor()}, y.read.Inventory.Images)
	p.SetGroup("promotable", promotable)
	return err
}

// onlooker decides without doing anything, by the registry and the memory of the
// run.
func (y *yard) onlooker() (*decide.Decider, error) {
	d, err := preview.Onlooker(y.site, y.read.Inventory, y.read.Family)
	if err != nil {
		return nil, err
	}
	d.Registry, d.Memory = y.client, y.decider.Memory
	return d, nil
}

func heldAmong(ctx context.Context, g *gate.Gate, images []*inventory.Image) ([]string, error) {
	targets := make([]gate.Target, len(images))
	for i, m := range images {
		targets[i] = gate.Target{Image: m.Name, Repository: m.Repository, Tag: "latest"}
	}
	holds, err := g.Holds(ctx, targets)
	names := []string{}
	for _, h := range holds {
		names = append(names, h.Image)
	}
	return names, err
}

// promotableAmong asks the gate for each image. An image without a candidate, or
// to which the gate says no, is none of them.
func promotableAmong(ctx context.Context, promote *action.Promote, images []*inventory.Image) ([]string, error) {
	names := []string{}
	for _, m := range images {
		result, err := promote.Run(ctx, engine.Step{Image: m, Check: true})
		if _, unknown := errors.AsType[*engine.UnreachableError](err); unknown {
			return nil, err
		}
		if err == nil && result.Changed {
			names = append(names, m.Name)
		}
	}
	return names, nil
}
