package runs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/record"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/sdk/diag"
)

// An earlier run is the part of a run that is over.
type earlier struct {
	id      string
	journal *ledger.Run
	request asked
	begun   time.Time
	planned ledger.Planned
	past    engine.Past
}

// story says which run it is: nobody named it, and it may be an old one.
func (e *earlier) story(verb string) string {
	plays := e.request.Run.Plays
	what := strings.Join(plays.Playbooks, ", ")
	if len(plays.AdHoc) > 0 {
		what = fmt.Sprintf("%s on %s", plays.AdHoc[0].Action, plays.Pattern)
	}
	return fmt.Sprintf("%s run %s: %s, begun %s", verb, e.id, what, e.begun.UTC().Format("2006-01-02 15:04:05 MST"))
}

// unresumable is a run that cannot go on, and what to do instead.
func unresumable(format string, args ...any) error {
	return &app.UsageError{Err: fmt.Errorf(format, args...), Command: "slipway resume"}
}

// earlier opens the run that is to go on. Nothing is written into its journal
// before it is known that it can.
func (r *Runner) earlier(ctx context.Context, o ResumeRequest) (*earlier, error) {
	l, err := r.app.Ledger()
	if err != nil {
		return nil, err
	}
	if err := sweepWork(l); err != nil {
		return nil, err
	}
	if o.Run == "" {
		if o.Run, err = resumable(l); err != nil {
			return nil, err
		}
	}
	before := new(earlier)
	var entries []ledger.Entry
	before.journal, err = l.Resume(o.Run, func(all []ledger.Entry) error {
		entries = all
		return before.take(o.Run, all)
	})
	switch {
	case errors.Is(err, ledger.ErrUnknownRun):
		return nil, unknownRun(l, o.Run)
	case errors.Is(err, ledger.ErrBusy):
		return nil, underWay(l, o.Run)
	case err != nil:
		return nil, err
	}
	if err := r.recall(ctx, l, before, entries); err != nil {
		return nil, errors.Join(err, before.journal.Close())
	}
	return before, nil
}

// unknownRun says that there is no run of that name.
func unknownRun(l *ledger.Ledger, name string) error {
	runs, err := l.Runs()
	if err != nil {
		return err
	}
	var ids []string
	for _, r := range runs {
		ids = append(ids, r.ID)
	}
	text := fmt.Sprintf("there is no run %q", name)
	if hint := diag.Suggest(name, ids); hint != "" {
		text += "; " + hint
	}
	return unresumable("%s", text)
}

// underWay says who is at work on a run.
func underWay(l *ledger.Ledger, id string) error {
	entries, err := l.Read(id)
	if err != nil {
		return err
	}
	var p ledger.Process
	for _, e := range entries {
		switch {
		case e.Begun != nil:
			p = e.Begun.Process
		case e.Resumed != nil:
			p = *e.Resumed
		}
	}
	return unresumable("run %s is under way, in process %d: wait for its end", id, p.PID)
}

// recall reads what a run had finished.
func (r *Runner) recall(ctx context.Context, l *ledger.Ledger, before *earlier, entries []ledger.Entry) error {
	hidden, err := l.Withheld(before.journal.ID())
	if err != nil {
		return err
	}
	vault, err := r.app.Vault()
	if err != nil {
		return err
	}
	before.past, err = record.Past(ctx, vault, entries, hidden)
	return err
}

// take reads what a run was asked for and what it was planned to do.
func (e *earlier) take(id string, entries []ledger.Entry) error {
	e.id = id
	planned, done := false, false
	for _, entry := range entries {
		switch {
		case entry.Begun != nil:
			e.begun = entry.Time
			if by := entry.Begun.Version; by != app.Version {
				return unresumable("run %s was begun by slipway %s, and this is %s, which may count its steps otherwise: resume it with that one, or begin it anew", id, orUnknown(by), app.Version)
			}
			if err := e.request.read(entry.Begun.Request); err != nil {
				return unresumable("run %s cannot be resumed: its journal does not say what was asked for", id)
			}
		case entry.Planned != nil:
			e.planned, planned = *entry.Planned, true
		case entry.Ended != nil:
			done = entry.Ended.Code == int(app.Done)
		case entry.Resumed != nil:
			done = false
		}
	}
	switch {
	case done:
		return unresumable("run %s is done: there is nothing to resume", id)
	case !planned:
		return unresumable("run %s did not come to its first task: begin it anew", id)
	}
	return nil
}

func orUnknown(version string) string {
	if version == "" {
		return "of an unknown version"
	}
	return version
}

// lacks tells of images that the run went by and that are not in the inventory
// any more.
func (e *earlier) lacks(inv *inventory.Inventory) (found diag.List) {
	for _, name := range e.planned.Images {
		if !slices.Contains(inv.Names(), name) {
			found.Add(diag.Errorf("gone-since", diag.Pos{File: inv.Dir}, "the run went by the image %s, which is not in the inventory any more", name).
				WithFix("put it back, or go on without it: slipway resume --replan"))
		}
	}
	return found
}
