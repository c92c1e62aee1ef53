package preview

import (
	"context"
	"errors"
	"maps"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/record"
	"github.com/slipway-build/slipway/cmd/slipway/internal/site"
	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/gate"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
)

// Groups works out the computed groups that can be known without a run, as they
// are now: stale, held and promotable.
type Groups struct {
	App      *app.App
	Images   []*inventory.Image
	Onlooker func() (*decide.Decider, error) // decides without doing anything
	Gate     func() (*gate.Gate, error)
}

// Settle works out the groups that a choice of images depends on, and gives
// them to set.
func (g Groups) Settle(ctx context.Context, uses func(group string) bool, set func(group string, images []string)) error {
	for _, group := range []struct {
		name string
		of   func(context.Context) ([]string, error)
	}{{"stale", g.stale}, {"held", g.held}, {"promotable", g.promotable}} {
		if !uses(group.name) {
			continue
		}
		names, err := group.of(ctx)
		if err != nil {
			return err
		}
		set(group.name, names)
	}
	return nil
}

// stale are the images whose build is not known. One about which nothing could be
// found out is among them, for unknown is not unchanged.
func (g Groups) stale(ctx context.Context) ([]string, error) {
	decider, err := g.Onlooker()
	if err != nil {
		return nil, err
	}
	decisions, err := decider.Preview(ctx, g.Images)
	names := []string{}
	for _, d := range decisions {
		if d.Fate != plan.Reuse && d.Fate != plan.Retag {
			names = append(names, d.Image)
		}
	}
	return names, err
}

// held are the images on whose latest there is a hold.
func (g Groups) held(ctx context.Context) ([]string, error) {
	gates, err := g.Gate()
	if err != nil {
		return nil, err
	}
	targets := make([]gate.Target, len(g.Images))
	for i, m := range g.Images {
		targets[i] = gate.Target{Image: m.Name, Repository: m.Repository, Tag: "latest"}
	}
	holds, err := gates.Holds(ctx, targets)
	names := []string{}
	for _, h := range holds {
		names = append(names, h.Image)
	}
	return names, err
}

// promotable are the images that a promote without arguments would move. One
// without a candidate, or to which the gate says no, is none of them.
func (g Groups) promotable(ctx context.Context) ([]string, error) {
	decider, err := g.Onlooker()
	if err != nil {
		return nil, err
	}
	gates, err := g.Gate()
	if err != nil {
		return nil, err
	}
	promote := &action.Promote{Decider: decider, Gate: gates, Actor: g.App.Actor()}
	names := []string{}
	for _, m := range g.Images {
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

// Told are the computed groups that the command line tells of: what changed since
// a revision, and when the limit asks for it, what failed in the run that was at
// work last, but for the current one.
func Told(ctx context.Context, r *site.Reader, inv *inventory.Inventory, family *plan.Family, since, current string) (map[string][]string, error) {
	changed, err := r.Since(ctx, inv, family, since)
	if err != nil || !r.App.Flags.LimitNames("failed") {
		return changed, err
	}
	l, err := r.App.Ledger()
	if err != nil {
		return nil, err
	}
	failed, err := record.LastFailed(l, current)
	if err != nil || failed == nil {
		return changed, err
	}
	groups := map[string][]string{"failed": failed}
	maps.Copy(groups, changed)
	return groups, nil
}
