// Package preflight tells all that would go wrong in a run before anything runs:
// in the inventory, the playbooks, the features, the compose files, and what this
// machine lacks. All mistakes of one stage are told at once; with --strict warnings
// are mistakes, too.
//
// Features are read only when a play proves something, and only those scenarios
// are judged that it may run.
package preflight

import (
	"context"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/site"
	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Request is what a plan is asked for.
type Request struct {
	site.Plays

	Tags       []string
	SkipTags   []string
	Check      bool
	Diff       bool
	AllowEmpty bool   // patterns that match nothing are no mistake
	StartAt    string // the name of a task, or a glob; empty: the first
	Since      string // a revision of git: fills the group changed
}

// A Checked plan may be carried out.
type Checked struct {
	*plan.Plan

	Start *playbook.Task // nil is the first
	Proof Proof
}

// Check binds what was read to a plan by o, and tells all that is wrong with it:
// before anything is built.
func Check(ctx context.Context, r *site.Reader, req Request, s site.Site, o plan.Options) (Checked, error) {
	p, err := bind(r.App, req, s, o)
	if err != nil {
		return Checked{}, err
	}
	if err := checkHomes(p).Err(); err != nil {
		return Checked{}, err
	}
	if !req.Check {
		if err := checkPauses(r.App, p).Err(); err != nil {
			return Checked{}, err
		}
	}
	if err := warnOfLacks(ctx, r.App, p); err != nil {
		return Checked{}, err
	}
	start, err := startAt(p, req.StartAt)
	if err != nil {
		return Checked{}, err
	}
	proof, err := Prove(r, s, p)
	return Checked{p, start, proof}, err
}

// bind binds the playbooks to the inventory.
func bind(a *app.App, req Request, s site.Site, o plan.Options) (*plan.Plan, error) {
	o.Run.Check, o.Run.Diff, o.Facts = req.Check, req.Diff, action.FactShape()
	o.Limit, o.Tags, o.SkipTags, o.AllowEmpty = a.Flags.Limit, req.Tags, req.SkipTags, req.AllowEmpty
	p, found := plan.New(s.Inventory, s.Family, s.Books, o)
	if found.Err() == nil {
		found.Add(unsaid(p, req.Since)...)
	}
	return p, a.Heed(found)
}

// startAt finds the task at which a run is to begin; nil is the first.
func startAt(p *plan.Plan, name string) (*playbook.Task, error) {
	if name == "" {
		return nil, nil
	}
	task, found := p.StartAt(name)
	return task, found.Err()
}

// unsaid warns of plays that ask for what changed when nobody said since when.
func unsaid(p *plan.Plan, rev string) diag.List {
	if rev != "" || !p.Uses("changed") {
		return nil
	}
	return diag.List{site.Unsaid()}
}
