package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/secret"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A recorder keeps finished steps in the journal of the run, and passes every
// event on. That a journal cannot be written is told once the run is over: by
// then everything that could be done safely has been done.
type recorder struct {
	run  *ledger.Run
	mask *secret.Mask
	next event.Sink

	mu    sync.Mutex
	plays map[int]string
	err   error
}

var _ event.Sink = (*recorder)(nil)

// Emit records and passes on.
func (r *recorder) Emit(e event.Event) {
	switch e := e.(type) {
	case event.PlayStarted:
		r.mu.Lock()
		r.plays[e.Play] = e.Name
		r.mu.Unlock()
	case event.StepFinished:
		r.finished(e)
	}
	r.next.Emit(e)
}

// A stepResult is how a step of the journal ended.
type stepResult struct {
	Outcome event.Outcome `json:"outcome"`
	Verb    string        `json:"verb,omitempty"`
	Digest  string        `json:"digest,omitempty"`
	Detail  string        `json:"detail,omitempty"`
	Error   string        `json:"error,omitempty"`
	Seconds float64       `json:"seconds"`
}

func (r *recorder) finished(e event.StepFinished) {
	result := stepResult{Outcome: e.Outcome, Verb: e.Result.Verb, Digest: e.Result.Digest, Detail: e.Result.Detail, Seconds: e.Took.Seconds()}
	if e.Result.Err != nil {
		result.Error = e.Result.Err.Error()
	}
	raw, err := json.Marshal(secret.Conceal(r.mask, result))
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		err = r.run.Record(ledger.Entry{StepFinished: &ledger.Step{Play: r.plays[e.Step.Play], Task: e.Step.Name, Image: e.Step.Image, Result: raw}})
	}
	r.err = errors.Join(r.err, err)
}

// failure is what went wrong with recording.
func (r *recorder) failure() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
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

// buildDirs makes the folders of one build, below the run's own. The cache
// stays; its place does not depend on the run.
func (a *App) buildDirs(run *ledger.Run) func(image string) (strategy.Dirs, func(), error) {
	return func(image string) (strategy.Dirs, func(), error) {
		cache, err := a.State("cache", "strategy")
		if err != nil {
			return strategy.Dirs{}, nil, err
		}
		at := filepath.Join(workDir(run.Dir()), image)
		d := strategy.Dirs{Output: filepath.Join(at, "output"), Scratch: filepath.Join(at, "scratch"), Cache: cache}
		for _, dir := range []string{d.Output, d.Scratch, d.Cache} {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return d, nil, errors.Join(fmt.Errorf("making the folders of a build: %w", err), os.RemoveAll(at))
			}
		}
		return d, func() { _ = os.RemoveAll(at) }, nil
	}
}
