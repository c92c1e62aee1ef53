package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/secret"
)

// A ResumeRequest is what `slipway resume` asks for.
type ResumeRequest struct {
	Run    string // its identifier; "": the newest that is unfinished or failed
	Fresh  bool   // begin a new run with what this one was asked for
	Replan bool   // go by the inventory as it is now, also where images have changed
	Format string
	Forks  int // 0: as the run had it

	// Steps that were under way when the run was killed, by name, or "all": they
	// are done again, or taken as done.
	Repeat, AssumeDone []string
}

// A request is what a run was asked for, as its journal keeps it.
type request struct {
	Run       RunRequest `json:"run"`
	Dir       string     `json:"dir"` // the working directory
	Inventory []string   `json:"inventory,omitempty"`
	Extra     []string   `json:"extra,omitempty"`
	Limit     string     `json:"limit,omitempty"`
	Root      string     `json:"root,omitempty"`
	RunRoot   string     `json:"runRoot,omitempty"`
}

// errNoRun says that there is nothing to resume.
var errNoRun = errors.New("no run is unfinished, and the last one did not fail: there is nothing to resume")

// Resume goes on with a run where each of its images stood.
func (a *App) Resume(ctx context.Context, o ResumeRequest) error {
	if o.Fresh {
		return a.fresh(ctx, o)
	}
	before, err := a.earlier(ctx, o)
	if err != nil {
		return err
	}
	if err = before.settle(o); err == nil {
		err = a.again(ctx, before.request.Run.now(o), before, o)
	}
	return errors.Join(err, a.end(before.journal, err))
}

// fresh begins a new run with what an earlier one was asked for: by the files
// as they are now, with nothing of it done.
func (a *App) fresh(ctx context.Context, o ResumeRequest) error {
	l, err := a.Ledger()
	if err == nil && o.Run == "" {
		o.Run, err = resumable(l)
	}
	if err != nil {
		return err
	}
	entries, err := l.Read(o.Run)
	if errors.Is(err, ledger.ErrUnknownRun) {
		return unknownRun(l, o.Run)
	}
	before := new(earlier)
	if err := cmp.Or(err, before.take(o.Run, entries)); err != nil {
		return err
	}
	if err := a.takeUp(o.Run, before.request); err != nil {
		return err
	}
	return a.Run(ctx, before.request.Run.now(o))
}

// now is what was asked for then, in the way that is asked for now.
func (r RunRequest) now(o ResumeRequest) RunRequest {
	r.Replan, r.Format = o.Replan, o.Format
	if o.Forks > 0 {
		r.Forks = o.Forks
	}
	return r
}

// takeUp goes where a run was begun, with its flags.
func (a *App) takeUp(run string, asked request) error {
	if err := os.Chdir(asked.Dir); err != nil {
		return unresumable("run %s was begun in %s, where nobody can go now (%w): bring the folder back, or begin the run anew", run, asked.Dir, err)
	}
	a.Flags.Inventory, a.Flags.Extra, a.Flags.Limit = asked.Inventory, asked.Extra, asked.Limit
	a.Flags.Root, a.Flags.RunRoot = cmp.Or(a.Flags.Root, asked.Root), cmp.Or(a.Flags.RunRoot, asked.RunRoot)
	return nil
}

// again reads what the run goes by, and carries out what is left of it.
func (a *App) again(ctx context.Context, req RunRequest, before *earlier, o ResumeRequest) error {
	if err := os.RemoveAll(workDir(before.journal.Dir())); err != nil {
		return fmt.Errorf("cleaning up after run %s: %w", before.journal.ID(), err)
	}
	if err := a.takeUp(before.journal.ID(), before.request); err != nil {
		return err
	}
	if err := a.parts.books.load(before.journal.Dir(), playbooksFile); err != nil {
		return err
	}
	if !o.Replan {
		if err := a.parts.inputs.load(before.journal.Dir(), inventoryFile); err != nil {
			return err
		}
	}
	s, err := a.read(ctx, req)
	if err != nil {
		return err
	}
	if err := a.parts.inputs.gone(); err != nil {
		return err
	}
	if !o.Replan {
		if err := before.lacks(s.inv).Err(); err != nil {
			return err
		}
	}
	return a.carryOut(ctx, req, s, before)
}

// resumable returns the newest run that is unfinished or failed.
func resumable(l *ledger.Ledger) (string, error) {
	runs, err := l.Runs()
	if err != nil {
		return "", err
	}
	for _, r := range runs {
		if r.Planned && !r.Busy && (r.Ended.IsZero() || r.Code != int(Done)) {
			return r.ID, nil
		}
	}
	return "", unresumable("%w", errNoRun)
}

// request is what the journal keeps of what a run is asked for.
func (a *App) request(req RunRequest) (json.RawMessage, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("finding the working directory: %w", err)
	}
	r := request{Run: req, Dir: dir, Inventory: slices.Clone(a.Flags.Inventory), Extra: a.Flags.Extra, Limit: a.Flags.Limit, Root: a.Flags.Root, RunRoot: a.Flags.RunRoot}
	for i, at := range r.Inventory {
		if r.Inventory[i], err = filepath.Abs(at); err != nil {
			return nil, err
		}
	}
	return json.Marshal(secret.Conceal(&a.mask, r))
}

// lastFailed returns the images that failed or were blocked in the run that was
// at work last and came to its first task, when a limit asks for them.
func (a *App) lastFailed(current string) ([]string, error) {
	asks := slices.Contains(strings.FieldsFunc(a.Flags.Limit, func(r rune) bool { return strings.ContainsRune(",&!+", r) }), "failed")
	if !asks {
		return nil, nil
	}
	l, err := a.Ledger()
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
	return failedIn(entries), err
}

// failedIn names the images that a run left in failure.
func failedIn(entries []ledger.Entry) []string {
	type moment struct {
		image string
		at    ledger.Place
	}
	bad := map[moment]bool{}
	for _, e := range entries {
		if e.StepFinished == nil {
			continue
		}
		var r stepResult
		if json.Unmarshal(e.StepFinished.Result, &r) == nil {
			bad[moment{e.StepFinished.Image, e.StepFinished.At}] = !r.Outcome.Good() && !r.Rescued && !r.Ignored
		}
	}
	var images []string
	for at, failed := range bad {
		if failed {
			images = append(images, at.image)
		}
	}
	slices.Sort(images)
	return slices.Compact(images)
}
