package app

import (
	"context"
	"errors"
	"io"
	"os"
	"os/user"
	"slices"
	"time"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/document"
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
	Books     []*playbook.Playbook // made by a command instead of read from a file
	Tags      []string
	SkipTags  []string
	Forks     int
	Check     bool
	FailFast  bool
	Format    string
	Args      []string // for the journal
	Since     string   // a revision of git: fills the group changed
}

// Run loads, plans, carries out and reports.
func (a *App) Run(ctx context.Context, req RunRequest) error {
	inv, family, err := a.Site(ctx, req.Playbooks...)
	if err != nil {
		return err
	}
	books, err := a.books(req)
	if err != nil {
		return err
	}
	journal, err := a.begin(req, inv)
	if err != nil {
		return err
	}
	err = a.carryOut(ctx, req, site{inv, family, books}, journal)
	return errors.Join(err, a.end(journal, err))
}

// A site is everything that was read.
type site struct {
	inv    *inventory.Inventory
	family *plan.Family
	books  []*playbook.Playbook
}

func (a *App) books(req RunRequest) ([]*playbook.Playbook, error) {
	books := req.Books
	var found diag.List
	for _, file := range req.Playbooks {
		b, ds := playbook.Load(file, playbook.Options{Actions: Actions()})
		found.Add(ds...)
		books = append(books, b)
	}
	if err := found.Err(); err != nil {
		return nil, err
	}
	a.Warn(found...)
	return books, nil
}

// planned binds the playbooks to the inventory.
func (a *App) planned(ctx context.Context, req RunRequest, s site, journal *ledger.Run) (*plan.Plan, error) {
	groups, err := a.since(ctx, s.inv, s.family, req.Since)
	if err != nil {
		return nil, err
	}
	secrets, err := a.Secrets(ctx)
	if err != nil {
		return nil, err
	}
	p, found := plan.New(s.inv, s.family, s.books, plan.Options{
		Limit: a.Flags.Limit, Tags: req.Tags, SkipTags: req.SkipTags, Groups: groups,
		Run: plan.RunInfo{ID: journal.ID(), Started: time.Now().UTC(), Dir: journal.Dir(), Check: req.Check, Secrets: secrets},
	})
	if err := found.Err(); err != nil {
		return nil, err
	}
	a.Warn(append(found, unsaid(p, req.Since)...)...)
	return p, nil
}

// carryOut plans and runs what was read.
func (a *App) carryOut(ctx context.Context, req RunRequest, s site, journal *ledger.Run) error {
	p, err := a.planned(ctx, req, s, journal)
	if err != nil {
		return err
	}
	proof, err := a.prove(s, p)
	if err != nil {
		return err
	}
	sink := &recorder{run: journal, mask: &a.mask, next: a.mask.Sink(a.runSink(req.Format)), plays: map[int]string{}}
	yard, err := a.yard(ctx, s, proof, journal, sink)
	if err != nil {
		return err
	}
	if err := a.stale(ctx, yard, p, s.inv.Images); err != nil {
		return err
	}
	actions, err := yard.actions()
	if err != nil {
		return err
	}
	sink.Emit(event.RunStarted{Run: journal.ID(), Playbooks: req.Playbooks, Check: req.Check})
	e := &engine.Engine{
		Actions: actions, Events: sink, Logs: a.logsOf(journal),
		Forks: req.Forks, Check: req.Check, FailFast: req.FailFast,
	}
	err = e.Run(ctx, p)
	return errors.Join(err, yard.close(context.WithoutCancel(ctx)), sink.failure())
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
	return l.Begin(ledger.Info{
		Playbooks: req.Playbooks, Inventory: []string{inv.Dir}, Args: req.Args, User: a.Actor(), Host: host,
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

// end closes the journal with what the shell will be told.
func (a *App) end(journal *ledger.Run, err error) error {
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

// A definer is an action that defines variables for later tasks.
type definer interface {
	// Defines returns their names, given the arguments as written.
	Defines(args document.Node) []string
}

// Actions returns what reading playbooks takes to know of the actions.
func Actions() playbook.Actions {
	out := playbook.Actions{}
	for name, a := range action.All() {
		known := playbook.Action{Check: a.Check}
		if joint, ok := a.(engine.Joint); ok {
			known.Joins = joint.Joins
		}
		if d, ok := a.(definer); ok {
			known.Defines = d.Defines
		}
		out[name] = known
	}
	return out
}

// ActionNames returns the names of all actions, sorted.
func ActionNames() []string {
	var names []string
	for name := range Actions() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
