package action_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A stand is a project's root in which actions are tried, as a task on one
// image would have them run.
type stand struct {
	t    *testing.T
	root string
	vars map[string]any // what templates see
	log  log
}

// A log is what actions print: a program's two streams at the same time.
type log struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func newStand(t *testing.T) *stand {
	t.Helper()
	return &stand{t: t, root: t.TempDir(), vars: map[string]any{"image": map[string]any{"name": "web"}}}
}

// write puts a file below the root.
func (s *stand) write(name, text string) {
	s.t.Helper()
	path := filepath.Join(s.root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// read returns a file below the root, "" when there is none.
func (s *stand) read(name string) string {
	data, _ := os.ReadFile(filepath.Join(s.root, name))
	return string(data)
}

// step makes a step with arguments as a playbook has them, and judges them as
// the reader would.
func (s *stand) step(a action.Action, args string) (engine.Step, error) {
	s.t.Helper()
	n, ds := document.Parse("p.yml", []byte(args))
	if ds != nil {
		s.t.Fatal(ds)
	}
	if err := a.Declare().Judge(n).Err(); err != nil {
		return engine.Step{}, err
	}
	data := vars.Data{Roots: s.vars, Now: time.Unix(0, 0)}
	expanded, ds := data.Expand(n)
	return engine.Step{
		ID: event.Step{Image: "web"}, Image: &inventory.Image{Name: "web", Pos: diag.Pos{File: "images.yml", Line: 1}},
		Args: expanded, Expand: data.Expand, Log: &s.log, Events: silent{},
	}, ds.Err()
}

// run does a task, and holds the action to its declaration: every field of the
// result is there.
func (s *stand) run(a action.Action, args string, change ...func(*engine.Step)) (engine.Result, error) {
	s.t.Helper()
	step, err := s.step(a, args)
	if err != nil {
		return engine.Result{}, err
	}
	for _, c := range change {
		c(&step)
	}
	result, err := a.Run(s.t.Context(), step)
	if err == nil {
		want := slices.Sorted(maps.Keys(a.Declare().Nothing()))
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(result.Values))); diff != "" {
			s.t.Errorf("fields of the result (-declared +got):\n%s", diff)
		}
	}
	return result, err
}

func checking(step *engine.Step) { step.Check = true }

func diffing(step *engine.Step) { step.Diff = true }

func in(dir string) func(*engine.Step) { return func(step *engine.Step) { step.Dir = dir } }

// fails compares the whole text of an error.
func fails(t *testing.T, want string, err error) {
	t.Helper()
	got := ""
	if err != nil {
		got = err.Error()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}

// cancelled is a context that is over.
func cancelled(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
