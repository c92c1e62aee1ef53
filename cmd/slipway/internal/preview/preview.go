// Package preview decides what would become of images without anything being
// done: nothing is written but caches, no storage is opened, no namespace entered.
//
// It asks registries, and looks into the container storage as it is on disk. What
// nobody could find out is told as such, and never taken for unchanged.
package preview

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/site"
	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Preview is what would become of images, without anything being done:
// nothing is written but caches, no storage is opened, no namespace entered.
type Preview struct {
	Inventory *inventory.Inventory
	Family    *plan.Family
	Decider   *decide.Decider
	Builds    *ledger.Builds // what was built here, for reading

	site   *site.Reader
	groups map[string][]string // computed groups
}

// New reads the site and prepares to decide about its images.
func New(ctx context.Context, a *app.App) (*Preview, error) {
	r := site.New(a)
	inv, family, err := r.Family(ctx)
	if err != nil {
		return nil, err
	}
	client, err := a.Registry(ctx, inv.Embedded())
	if err != nil {
		return nil, err
	}
	state, err := a.State()
	if err != nil {
		return nil, err
	}
	builds := ledger.Recall(state)
	a.CloseLater(builds.Close)
	decider, err := Onlooker(r, inv, family)
	if err != nil {
		return nil, err
	}
	decider.Registry, decider.Memory = registry.NewSurvey(client), builds
	return &Preview{Inventory: inv, Family: family, Decider: decider, Builds: builds, site: r}, nil
}

// Since works out what the group changed is, for patterns.
func (p *Preview) Since(ctx context.Context, rev string) (err error) {
	p.groups, err = p.site.Since(ctx, p.Inventory, p.Family, rev)
	return err
}

// Decide decides the images that a pattern selects, in the order of building;
// the empty pattern selects all. When the pattern depends on the group stale,
// all images are decided first.
func (p *Preview) Decide(ctx context.Context, pattern string) ([]decide.Decision, error) {
	if pattern == "" {
		return p.Decider.Preview(ctx, p.Inventory.Images)
	}
	parsed, ds := inventory.ParsePattern(pattern, diag.Pos{})
	if err := ds.Err(); err != nil {
		return nil, err
	}
	if err := p.stale(ctx, parsed); err != nil {
		return nil, err
	}
	images, ds := p.Inventory.Select(parsed, p.Family, p.groups, false)
	if err := ds.Err(); err != nil {
		return nil, err
	}
	return p.Decider.Preview(ctx, images)
}

// stale works out the group stale when it makes a difference to a pattern. What
// was decided on the way is forgotten: an image that the pattern leaves out is
// not going to be built.
func (p *Preview) stale(ctx context.Context, pattern inventory.Pattern) error {
	with := maps.Clone(p.groups)
	if with == nil {
		with = map[string][]string{}
	}
	with["stale"] = p.Inventory.Names()
	few, _ := p.Inventory.Select(pattern, p.Family, p.groups, true)
	many, _ := p.Inventory.Select(pattern, p.Family, with, true)
	if len(few) == len(many) {
		return nil
	}
	decisions, err := p.Decider.Preview(ctx, p.Inventory.Images)
	if err != nil {
		return err
	}
	with["stale"] = Stale(decisions)
	p.groups, p.Decider.Products = with, new(decide.Products)
	return nil
}

// Stale names the images whose build is not known.
func Stale(decisions []decide.Decision) []string {
	names := []string{}
	for _, d := range decisions {
		if d.Fate != plan.Reuse && d.Fate != plan.Retag {
			names = append(names, d.Image)
		}
	}
	return names
}

// Undecided is the error of the images about which too little is known, told
// once for each cause and not for images that only wait for others.
func Undecided(decisions []decide.Decision) error {
	var causes []string
	images := map[string][]string{}
	for _, d := range decisions {
		for _, r := range d.Reasons {
			if d.Fate != plan.Blocked || r.Kind != plan.BecauseUnknown {
				continue
			}
			if images[r.New] == nil {
				causes = append(causes, r.New)
			}
			images[r.New] = append(images[r.New], d.Image)
		}
	}
	if len(causes) == 0 {
		return nil
	}
	errs := make([]error, len(causes))
	for i, cause := range causes {
		errs[i] = fmt.Errorf("%s could not be decided: %s", some(images[cause]), cause)
	}
	return &engine.UnreachableError{Err: errors.Join(errs...)}
}

// some names a few of many.
func some(names []string) string {
	const few = 3
	if names = slices.Compact(names); len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}
