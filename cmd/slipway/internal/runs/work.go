package runs

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/slipway-build/slipway/core/ledger"
)

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
