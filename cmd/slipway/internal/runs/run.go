// Package runs carries out plays: from a request over everything that is checked
// before anything runs, to the record that a run leaves in the ledger, and to going
// on with a run that broke off.
//
// By default twice as many steps as processors are under way at once, a failure
// stops its image and those built on it, and a run that goes on does so by what it
// began with.
package runs

import (
	"context"
	"errors"
	"time"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/preflight"
	"github.com/slipway-build/slipway/cmd/slipway/internal/record"
	"github.com/slipway-build/slipway/cmd/slipway/internal/site"
	"github.com/slipway-build/slipway/cmd/slipway/internal/view"
	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/plan"
)

// A Runner carries out plays of one project.
type Runner struct {
	app  *app.App
	site *site.Reader
}

// New returns a Runner for an invocation. Nothing is read yet.
func New(a *app.App) *Runner { return &Runner{app: a, site: site.New(a)} }

// Run loads, plans, carries out and reports.
func (r *Runner) Run(ctx context.Context, req Request) error {
	if req.FlushCache {
		if err := r.app.FlushCaches(); err != nil {
			return err
		}
	}
	s, err := r.site.Read(ctx, req.Plays)
	if err != nil {
		return err
	}
	return r.Journal(req, s.Inventory, func(journal *ledger.Run) error {
		return r.carryOut(ctx, req, s, &earlier{journal: journal, begun: time.Now()})
	})
}

// planOptions are what a plan goes by that is not asked for.
func (r *Runner) planOptions(ctx context.Context, req Request, s site.Site, before *earlier) (plan.Options, error) {
	groups, err := r.groups(ctx, req, s, before)
	if err != nil {
		return plan.Options{}, err
	}
	secrets, err := r.app.Secrets(ctx)
	return plan.Options{
		Groups: groups, Images: before.planned.Images,
		Run: plan.RunInfo{ID: before.journal.ID(), Started: before.begun.UTC(), Dir: before.journal.Dir(), Secrets: secrets},
	}, err
}

// carryOut plans and runs what was read.
func (r *Runner) carryOut(ctx context.Context, req Request, s site.Site, before *earlier) error {
	o, err := r.planOptions(ctx, req, s, before)
	if err != nil {
		return err
	}
	checked, err := preflight.Check(ctx, r.site, req.Request, s, o)
	if err != nil {
		return err
	}
	vault, err := r.app.Vault()
	if err != nil {
		return err
	}
	shown, err := view.Open(r.app, req.Format, req.Reports, s.Family)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	sink := &record.Recorder{Run: before.journal, Mask: r.app.Mask(), Vault: vault, Next: r.app.Mask().Sink(shown), Stop: stop}
	y := &yard{app: r.app, site: r.site, read: s, proof: checked.Proof, journal: before.journal, replan: req.Replan, keyboard: &action.Answers{In: r.app.Streams.In}}
	if err := y.open(ctx, sink); err != nil {
		return err
	}
	if err := r.commit(ctx, y, checked.Plan, before); err != nil {
		return err
	}
	e, err := r.engine(req, y, before, sink)
	if err != nil {
		return err
	}
	e.StartAt = checked.Start
	sink.Emit(event.RunStarted{Run: before.journal.ID(), Playbooks: req.Playbooks, Check: req.Check})
	err = e.Run(ctx, checked.Plan)
	return shown.Close(errors.Join(err, y.close(context.WithoutCancel(ctx))))
}

// engine returns what carries out a plan with what is in the yard.
func (r *Runner) engine(req Request, y *yard, before *earlier, sink *record.Recorder) (*engine.Engine, error) {
	actions, err := y.actions()
	if err != nil {
		return nil, err
	}
	e := &engine.Engine{
		Actions: actions, Facts: y.inspector, Events: sink, Logs: r.logsOf(before.journal),
		Forks: req.forks(), Check: req.Check, Diff: req.Diff, FailFast: req.FailFast, ForceHandlers: req.ForceHandlers,
		Heartbeat: r.heartbeat(), Journal: sink, Past: before.past,
	}
	if req.Step {
		e.Confirm = confirm(r.app.Streams.Err, y.keyboard)
	}
	return e, nil
}

// commit journals what the run goes by from here on, so that it can be resumed.
func (r *Runner) commit(ctx context.Context, y *yard, p *plan.Plan, before *earlier) error {
	if before.planned.Images != nil {
		return nil
	}
	if err := y.settle(ctx, p); err != nil {
		return err
	}
	if err := r.site.Keep(before.journal.Dir()); err != nil {
		return err
	}
	return before.journal.Record(ledger.Entry{Planned: &ledger.Planned{Images: y.read.Inventory.Names(), Groups: p.Groups}})
}

// heartbeat is how long a step may be silent.
func (r *Runner) heartbeat() time.Duration {
	settings, err := r.app.Config()
	if err != nil {
		return 0
	}
	return time.Duration(settings.Number("heartbeat")) * time.Second
}
