package app

import (
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"os/user"
	"time"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A RunRequest is what `slipway run` and the ad hoc commands ask for.
type RunRequest struct {
	Playbooks []string
	AdHoc     []Task // of a command, instead of a playbook
	Pattern   string // the images of AdHoc
	Tags      []string
	SkipTags  []string
	Forks     int
	Check     bool
	Diff      bool
	FailFast  bool

	AllowEmpty    bool   // patterns that match nothing are no mistake
	ForceHandlers bool   // handlers run for failed images, too
	StartAt       string // the name of a task, or a glob; empty: the first
	Step          bool   // ask before each task
	Reports       []RunReport

	Format string
	Args   []string // for the journal
	Since  string   // a revision of git: fills the group changed
	Replan bool     `json:"-"` // of a resumed run: images may have changed meanwhile

	FlushCache bool `json:"-"` // look again at all that is cached
}

// Run loads, plans, carries out and reports.
func (a *App) Run(ctx context.Context, req RunRequest) error {
	if err := a.flush(req.FlushCache); err != nil {
		return err
	}
	s, err := a.read(ctx, req)
	if err != nil {
		return err
	}
	journal, err := a.begin(req, s.inv)
	if err != nil {
		return err
	}
	err = a.carryOut(ctx, req, s, &earlier{journal: journal, begun: time.Now()})
	return errors.Join(err, a.end(journal, err))
}

// A site is everything that was read.
type site struct {
	inv    *inventory.Inventory
	family *plan.Family
	books  []*playbook.Playbook
}

// read reads everything that a run goes by. Mistakes of the inventory and of the
// playbooks are told together.
func (a *App) read(ctx context.Context, req RunRequest) (site, error) {
	inv, family, err := a.Site(ctx, req.Playbooks...)
	if err != nil && diag.Of(err) == nil {
		return site{}, err
	}
	books, wrong := a.books(req)
	if err == nil && wrong == nil {
		return site{inv, family, books}, nil
	}
	if wrong != nil && diag.Of(wrong) == nil {
		return site{}, wrong
	}
	found := append(diag.Of(err), diag.Of(wrong)...)
	found.Add(a.alone(books)...)
	return site{}, found.Err()
}

// alone tells what is wrong with the templates of playbooks that cannot be
// bound to an inventory: it could not be loaded, or they have other mistakes.
func (a *App) alone(books []*playbook.Playbook) diag.List {
	secrets, err := a.UnreadSecrets()
	if err != nil {
		return diag.Of(err)
	}
	return plan.CheckAlone(books, secrets)
}

func (a *App) books(req RunRequest) ([]*playbook.Playbook, error) {
	options, err := a.bookOptions(a.parts.books.Read)
	if err != nil {
		return nil, err
	}
	var books []*playbook.Playbook
	var found diag.List
	if len(req.AdHoc) > 0 {
		b, ds := playbook.Of(adHocBook(req.Pattern, req.AdHoc), options)
		found.Add(ds...)
		books = append(books, b)
	}
	for _, file := range req.Playbooks {
		b, ds := playbook.Load(file, options)
		found.Add(ds...)
		books = append(books, b)
	}
	return books, a.Heed(found)
}

// planned binds the playbooks to the inventory.
func (a *App) planned(req RunRequest, s site, o plan.Options) (*plan.Plan, error) {
	o.Run.Check, o.Run.Diff, o.Facts = req.Check, req.Diff, action.FactShape()
	o.Limit, o.Tags, o.SkipTags, o.AllowEmpty = a.Flags.Limit, req.Tags, req.SkipTags, req.AllowEmpty
	p, found := plan.New(s.inv, s.family, s.books, o)
	if found.Err() == nil {
		found.Add(unsaid(p, req.Since)...)
	}
	return p, a.Heed(found)
}

// planOptions are what a plan goes by that is not asked for.
func (a *App) planOptions(ctx context.Context, req RunRequest, s site, before *earlier) (plan.Options, error) {
	groups, err := a.groups(ctx, req, s, before)
	if err != nil {
		return plan.Options{}, err
	}
	secrets, err := a.Secrets(ctx)
	return plan.Options{
		Groups: groups, Images: before.planned.Images,
		Run: plan.RunInfo{ID: before.journal.ID(), Started: before.begun.UTC(), Dir: before.journal.Dir(), Secrets: secrets},
	}, err
}

// groups are the computed groups as far as they are known before the run; a run
// that goes on keeps those it began with.
func (a *App) groups(ctx context.Context, req RunRequest, s site, before *earlier) (map[string][]string, error) {
	if before.planned.Images != nil {
		return before.planned.Groups, nil
	}
	groups, err := a.since(ctx, s.inv, s.family, req.Since)
	if err != nil {
		return nil, err
	}
	failed, err := a.lastFailed(before.journal.ID())
	if failed != nil {
		groups = maps.Clone(groups)
		if groups == nil {
			groups = map[string][]string{}
		}
		groups["failed"] = failed
	}
	return groups, err
}

// carryOut plans and runs what was read.
func (a *App) carryOut(ctx context.Context, req RunRequest, s site, before *earlier) error {
	journal := before.journal
	p, start, err := a.checked(ctx, req, s, before)
	if err != nil {
		return err
	}
	proof, err := a.prove(s, p)
	if err != nil {
		return err
	}
	vault, err := a.Vault()
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	reports, writeReports, err := a.collectors(req.Reports, s.family)
	if err != nil {
		return err
	}
	view := a.runView(req.Format)
	sink := &recorder{run: journal, mask: &a.mask, vault: vault, next: a.mask.Sink(append(reports, view)), stop: stop, plays: map[int]string{}}
	yard, err := a.yard(ctx, s, proof, journal, sink)
	if err != nil {
		return err
	}
	if err := a.commit(ctx, yard, p, s, before); err != nil {
		return err
	}
	yard.replan = req.Replan
	actions, err := yard.actions()
	if err != nil {
		return err
	}
	sink.Emit(event.RunStarted{Run: journal.ID(), Playbooks: req.Playbooks, Check: req.Check})
	e := &engine.Engine{
		Actions: actions, Facts: yard.inspector, Events: sink, Logs: a.logsOf(journal),
		Forks: req.forks(), Check: req.Check, Diff: req.Diff, FailFast: req.FailFast, ForceHandlers: req.ForceHandlers, StartAt: start,
		Confirm: a.confirm(req.Step), Heartbeat: a.heartbeat(), Journal: sink, Past: before.past,
	}
	err = e.Run(ctx, p)
	err = errors.Join(err, yard.close(context.WithoutCancel(ctx)), writeReports())
	return errors.Join(err, view.end(err))
}

// checked plans, and tells what is wrong with the plan before anything runs. The
// task is the first one to run, nil for all.
func (a *App) checked(ctx context.Context, req RunRequest, s site, before *earlier) (*plan.Plan, *playbook.Task, error) {
	o, err := a.planOptions(ctx, req, s, before)
	if err != nil {
		return nil, nil, err
	}
	p, err := a.planned(req, s, o)
	if err != nil {
		return nil, nil, err
	}
	if !req.Check {
		if err := a.checkPauses(p).Err(); err != nil {
			return nil, nil, err
		}
	}
	if err := a.warnOfLacks(ctx, p); err != nil {
		return nil, nil, err
	}
	start, err := startAt(p, req.StartAt)
	return p, start, err
}

// commit journals what the run goes by from here on, so that it can be resumed.
func (a *App) commit(ctx context.Context, y *yard, p *plan.Plan, s site, before *earlier) error {
	if before.planned.Images != nil {
		return nil
	}
	if err := a.stale(ctx, y, p, s.inv.Images); err != nil {
		return err
	}
	if err := a.gated(ctx, y, p, s.inv.Images); err != nil {
		return err
	}
	dir := before.journal.Dir()
	if err := errors.Join(a.parts.books.save(dir, playbooksFile), a.parts.inputs.save(dir, inventoryFile)); err != nil {
		return err
	}
	return before.journal.Record(ledger.Entry{Planned: &ledger.Planned{Images: s.inv.Names(), Groups: p.Groups}})
}

// begin cleans up after runs that were killed and opens the journal of this
// one.
func (a *App) begin(req RunRequest, inv *inventory.Inventory) (*ledger.Run, error) {
	l, err := a.Ledger()
	if err != nil {
		return nil, err
	}
	if err := sweepWork(l); err != nil {
		return nil, err
	}
	host, _ := os.Hostname()
	asked, err := a.request(req)
	if err != nil {
		return nil, err
	}
	return l.Begin(ledger.Info{
		Version: Version, Request: asked, Playbooks: req.Playbooks, Inventory: []string{inv.Dir}, Args: req.Args, User: a.Actor(), Host: host,
	})
}

// Actor is who runs slipway: in CI the name that CI gives, else the user.
func (a *App) Actor() string {
	for _, name := range []string{"SLIPWAY_ACTOR", "GITHUB_ACTOR", "GITLAB_USER_LOGIN", "USER", "LOGNAME"} {
		if v := a.Getenv(name); v != "" {
			return v
		}
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "unknown"
}

// end closes the journal with what the shell will be told. One that could not be
// written stays without an end, as if slipway had been killed there.
func (a *App) end(journal *ledger.Run, err error) error {
	if _, stopped := errors.AsType[*engine.StoppedError](err); stopped {
		return journal.Close()
	}
	return journal.End(int(CodeOf(err)))
}

// logsOf keeps the output of steps in the run's folder, without secrets.
func (a *App) logsOf(journal *ledger.Run) engine.Logs {
	return func(step event.Step) (io.WriteCloser, string, error) {
		path := journal.LogPath(step.Image, step.Name)
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
		if err != nil {
			return nil, "", err
		}
		return a.mask.File(file), path, nil
	}
}
