package buildtest

import (
	"strings"
	"sync"
	"testing"

	"github.com/slipway-build/slipway/sdk/strategy"
)

// A Journal keeps the events of a build.
type Journal struct {
	mu     sync.Mutex
	Events []strategy.Event
	Seen   chan string // output, as it comes; may be nil
}

// Send implements [strategy.Events].
func (j *Journal) Send(e strategy.Event) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.Events = append(j.Events, e)
	if l, ok := e.(strategy.Log); ok && j.Seen != nil {
		j.Seen <- string(l.Data)
	}
	return nil
}

// Completed is the last event.
func (j *Journal) Completed(t testing.TB) strategy.Completed {
	t.Helper()
	if len(j.Events) == 0 {
		t.Fatal("the build said nothing")
	}
	done, ok := j.Events[len(j.Events)-1].(strategy.Completed)
	if !ok {
		t.Fatalf("the last event is %#v, want Completed", j.Events[len(j.Events)-1])
	}
	return done
}

// Output is all that was logged.
func (j *Journal) Output() string {
	var b strings.Builder
	for _, e := range j.Events {
		if l, ok := e.(strategy.Log); ok {
			b.Write(l.Data)
		}
	}
	return b.String()
}

// Build runs one build and returns what it said.
func Build(t testing.TB, s strategy.Strategy, req strategy.BuildRequest) *Journal {
	t.Helper()
	j := &Journal{}
	if err := s.Build(t.Context(), req, j); err != nil {
		t.Fatalf("Build: %v", err)
	}
	return j
}

// MustBuild is the ID of an image whose build succeeds.
func MustBuild(t testing.TB, s strategy.Strategy, req strategy.BuildRequest) string {
	t.Helper()
	j := Build(t, s, req)
	done := j.Completed(t)
	if done.Image == nil {
		t.Fatalf("the build %s:\n%v\n%s", done.Outcome, done.Diagnostics, j.Output())
	}
	return done.Image.ID
}
