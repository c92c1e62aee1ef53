package runs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/ledger"
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

// errNoRun says that there is nothing to resume.
var errNoRun = errors.New("no run is unfinished, and the last one did not fail: there is nothing to resume")

// Resume goes on with a run where each of its images stood.
func (r *Runner) Resume(ctx context.Context, o ResumeRequest) error {
	if o.Fresh {
		return r.fresh(ctx, o)
	}
	before, err := r.earlier(ctx, o)
	if err != nil {
		return err
	}
	if err = before.settle(o); err == nil {
		_, _ = fmt.Fprintln(r.app.Streams.Err, before.story("going on with"))
		err = r.again(ctx, before.request.Run.now(o), before, o)
	}
	return errors.Join(err, end(before.journal, err))
}

// fresh begins a new run with what an earlier one was asked for: by the files
// as they are now, with nothing of it done.
func (r *Runner) fresh(ctx context.Context, o ResumeRequest) error {
	l, err := r.app.Ledger()
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
	if err := r.takeUp(o.Run, before.request); err != nil {
		return err
	}
	_, _ = fmt.Fprintln(r.app.Streams.Err, before.story("beginning anew"))
	return r.Run(ctx, before.request.Run.now(o))
}

// takeUp goes where a run was begun, with its flags.
func (r *Runner) takeUp(run string, then asked) error {
	if err := os.Chdir(then.Dir); err != nil {
		return unresumable("run %s was begun in %s, where nobody can go now (%w): bring the folder back, or begin the run anew", run, then.Dir, err)
	}
	r.app.Flags.Inventory, r.app.Flags.Extra, r.app.Flags.Limit = then.Inventory, then.Extra, then.Limit
	r.app.Flags.Root, r.app.Flags.RunRoot = cmp.Or(r.app.Flags.Root, then.Root), cmp.Or(r.app.Flags.RunRoot, then.RunRoot)
	return nil
}

// again reads what the run goes by, and carries out what is left of it.
func (r *Runner) again(ctx context.Context, req Request, before *earlier, o ResumeRequest) error {
	if err := os.RemoveAll(workDir(before.journal.Dir())); err != nil {
		return fmt.Errorf("cleaning up after run %s: %w", before.journal.ID(), err)
	}
	if err := r.takeUp(before.journal.ID(), before.request); err != nil {
		return err
	}
	if err := r.site.Recall(before.journal.Dir(), o.Replan); err != nil {
		return err
	}
	s, err := r.site.Read(ctx, req.Plays)
	if err != nil {
		return err
	}
	if err := r.site.Gone(); err != nil {
		return err
	}
	if !o.Replan {
		if err := before.lacks(s.Inventory).Err(); err != nil {
			return err
		}
	}
	return r.carryOut(ctx, req, s, before)
}

// resumable returns the newest run that is unfinished or failed.
func resumable(l *ledger.Ledger) (string, error) {
	runs, err := l.Runs()
	if err != nil {
		return "", err
	}
	for _, r := range runs {
		if r.Planned && !r.Busy && (r.Ended.IsZero() || r.Code != int(app.Done)) {
			return r.ID, nil
		}
	}
	return "", unresumable("%w", errNoRun)
}
