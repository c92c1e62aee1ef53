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
	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/gate"
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
	client *registry.Client
	groups map[string][]string // computed groups
}

// New reads the site and prepares to decide about its images.
func New(ctx context.Context, a *app.App) (*Preview, error) {
	r := site.New(a)
	inv, family, err := r.Family(ctx)
	if err != nil {
		return nil, err
	}
	return Of(ctx, r, inv, family)
}

// Of prepares to decide about the images of a site that has been read.
func Of(ctx context.Context, r *site.Reader, inv *inventory.Inventory, family *plan.Family) (*Preview, error) {
	client, err := r.App.Registry(ctx, inv.Embedded())
	if err != nil {
		return nil, err
	}
	state, err := r.App.State()
	if err != nil {
		return nil, err
	}
	builds := ledger.Recall(state)
	r.App.CloseLater(builds.Close)
	decider, err := Onlooker(r, inv, family)
	if err != nil {
		return nil, err
	}
	decider.Registry, decider.Memory = registry.NewSurvey(client), builds
	return &Preview{Inventory: inv, Family: family, Decider: decider, Builds: builds, site: r, client: client}, nil
}

// Since works out what the command line tells of computed groups, for patterns;
// "" is no revision.
func (p *Preview) Since(ctx context.Context, rev string) (err error) {
	p.groups, err = Told(ctx, p.site, p.Inventory, p.Family, rev, "")
	return err
}

// Settle works out those groups that a choice of images depends on, and gives
// them to set.
func (p *Preview) Settle(ctx context.Context, uses func(group string) bool, set func(group string, images []string)) error {
	return p.known().Settle(ctx, uses, set)
}

// Decide decides the images that a pattern selects, in the order of building;
// the empty pattern selects all.
func (p *Preview) Decide(ctx context.Context, pattern string) ([]decide.Decision, error) {
	images, err := p.Select(ctx, pattern)
	if err != nil {
		return nil, err
	}
	return p.Decider.Preview(ctx, images)
}

// Select returns the images that a pattern selects, in the order of building;
// the empty pattern selects all. Computed groups are worked out when they make a
// difference: for stale, all images are decided first.
func (p *Preview) Select(ctx context.Context, pattern string) ([]*inventory.Image, error) {
	if pattern == "" {
		return p.Inventory.Images, nil
	}
	parsed, ds := inventory.ParsePattern(pattern, diag.Pos{})
	if err := ds.Err(); err != nil {
		return nil, err
	}
	if err := p.settle(ctx, parsed); err != nil {
		return nil, err
	}
	images, ds := p.Inventory.Select(parsed, p.Family, p.groups, false)
	return images, ds.Err()
}

// settle works out the groups that a pattern depends on. What was decided on the
// way is forgotten: an image that the pattern leaves out is not going to be
// built.
func (p *Preview) settle(ctx context.Context, pattern inventory.Pattern) error {
	groups := maps.Clone(p.groups)
	if groups == nil {
		groups = map[string][]string{}
	}
	uses := func(group string) bool {
		with := maps.Clone(groups)
		with[group] = p.Inventory.Names()
		few, _ := p.Inventory.Select(pattern, p.Family, groups, true)
		many, _ := p.Inventory.Select(pattern, p.Family, with, true)
		return len(few) != len(many)
	}
	if _, said := groups["changed"]; !said && uses("changed") {
		p.site.App.Warn(site.Unsaid())
	}
	err := p.known().Settle(ctx, uses, func(group string, images []string) { groups[group] = images })
	p.groups, p.Decider.Products = groups, new(decide.Products)
	return err
}

// known works out the groups with what the preview decides by: what it has asked
// once it does not ask again.
func (p *Preview) known() Groups {
	return Groups{
		App: p.site.App, Images: p.Inventory.Images,
		Onlooker: func() (*decide.Decider, error) {
			p.Decider.Products = new(decide.Products)
			return p.Decider, nil
		},
		Gate: p.gate,
	}
}

// gate opens the gate, to ask.
func (p *Preview) gate() (*gate.Gate, error) {
	l, err := p.site.App.Ledger()
	if err != nil {
		return nil, err
	}
	return gate.New(action.Gateway{Client: p.client}, l, nil, gate.Trust{})
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
		errs[i] = fmt.Errorf("%s could not be decided: %s", Some(images[cause]), cause)
	}
	return &engine.UnreachableError{Err: errors.Join(errs...)}
}

// Some names a few of many.
func Some(names []string) string {
	const few = 3
	if names = slices.Compact(names); len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}
