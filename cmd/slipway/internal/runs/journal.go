package runs

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/ledger"
)

// Journal has do be a run of its own in the ledger, asked for by req.
func (r *Runner) Journal(req Request, inv *inventory.Inventory, do func(journal *ledger.Run) error) error {
	journal, err := r.begin(req, inv)
	if err != nil {
		return err
	}
	err = do(journal)
	return errors.Join(err, end(journal, err))
}

// begin cleans up after runs that were killed and opens the journal of this
// one.
func (r *Runner) begin(req Request, inv *inventory.Inventory) (*ledger.Run, error) {
	l, err := r.app.Ledger()
	if err != nil {
		return nil, err
	}
	if err := sweepWork(l); err != nil {
		return nil, err
	}
	host, _ := os.Hostname()
	asked, err := r.asked(req)
	if err != nil {
		return nil, err
	}
	return l.Begin(ledger.Info{
		Version: app.Version, Request: asked, Playbooks: req.Playbooks, Inventory: []string{inv.Dir}, Args: req.Args, User: r.app.Actor(), Host: host,
	})
}

// end closes the journal with what the shell will be told. One that could not be
// written stays without an end, as if slipway had been killed there.
func end(journal *ledger.Run, err error) error {
	if _, stopped := errors.AsType[*engine.StoppedError](err); stopped {
		return journal.Close()
	}
	return journal.End(int(app.CodeOf(err)))
}

// logsOf keeps the output of steps in the run's folder, without secrets.
func (r *Runner) logsOf(journal *ledger.Run) engine.Logs {
	return func(step event.Step) (io.WriteCloser, string, error) {
		path := journal.LogPath(step.Image, step.Name)
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
		if err != nil {
			return nil, "", err
		}
		return r.app.Mask().File(file), path, nil
	}
}

// workDir is where the builds of a run have their folders.
func workDir(run string) string { return filepath.Join(run, "work") }

// sweepWork removes the folders that builds of killed runs left.
func sweepWork(l *ledger.Ledger) error {
	runs, err := l.Unfinished()
	if err != nil {
		return err
	}
	for _, r := range runs {
		if err := os.RemoveAll(workDir(filepath.Join(l.Dir(), "runs", r.ID))); err != nil {
			return fmt.Errorf("cleaning up after run %s: %w", r.ID, err)
		}
	}
	return nil
}
