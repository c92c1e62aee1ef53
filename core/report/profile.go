package report

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slipway-build/slipway/core/event"
)

// Profile collects where the time of a run went.
type Profile struct {
	// Parents returns the images that one is made from.
	Parents func(image string) []string

	mu    sync.Mutex
	begun map[event.Step]time.Time
	steps []timed
}

var _ event.Sink = (*Profile)(nil)

// A timed step is one that is over.
type timed struct {
	event.Step
	begun, ended time.Time
}

func (t timed) took() time.Duration { return t.ended.Sub(t.begun) }

// Emit collects e.
func (p *Profile) Emit(e event.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := e.(type) {
	case event.StepStarted:
		if p.begun == nil {
			p.begun = map[event.Step]time.Time{}
		}
		p.begun[e.Step] = time.Now()
	case event.StepFinished:
		ended := time.Now()
		begun, ok := p.begun[e.Step]
		if !ok {
			begun = ended.Add(-e.Took)
		}
		p.steps = append(p.steps, timed{e.Step, begun, ended})
	}
}

// Write writes the time of each task over all images, of each image over all
// tasks, and the critical path: the steps of which each was the last that the
// next one waited for. Nothing that is not on it would have made the run
// shorter.
func (p *Profile) Write(w io.Writer) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var b strings.Builder
	b.WriteString("\nTime by task:\n")
	table(&b, p.by(func(t timed) string { return t.Name }))
	b.WriteString("\nTime by image:\n")
	table(&b, p.by(func(t timed) string { return t.Image }))
	b.WriteString("\nCritical path:\n")
	for _, t := range p.critical() {
		fmt.Fprintf(&b, "  %10s  %s: %s\n", Duration(t.took()), t.Image, t.Name)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// by adds up times by a key.
func (p *Profile) by(key func(timed) string) map[string]time.Duration {
	sums := map[string]time.Duration{}
	for _, t := range p.steps {
		sums[key(t)] += t.took()
	}
	return sums
}

// table writes the longest first.
func table(b *strings.Builder, sums map[string]time.Duration) {
	names := slices.SortedFunc(maps.Keys(sums), func(x, y string) int {
		return cmp.Or(cmp.Compare(sums[y], sums[x]), strings.Compare(x, y))
	})
	for _, name := range names {
		fmt.Fprintf(b, "  %10s  %s\n", Duration(sums[name]), name)
	}
}

// critical walks back from the step that ended last.
func (p *Profile) critical() []timed {
	if len(p.steps) == 0 {
		return nil
	}
	last := slices.MaxFunc(p.steps, func(a, b timed) int { return a.ended.Compare(b.ended) })
	path := []timed{last}
	for {
		next, ok := p.awaited(path[len(path)-1])
		if !ok {
			slices.Reverse(path)
			return path
		}
		path = append(path, next)
	}
}

// awaited is the step that ended last of those that a step may have waited for:
// earlier ones of its image, the same of its parents, and any of an earlier
// play.
func (p *Profile) awaited(of timed) (latest timed, ok bool) {
	parents := p.Parents(of.Image)
	for _, t := range p.steps {
		waits := t.Play < of.Play ||
			t.Play == of.Play && (t.Image == of.Image && t.Task < of.Task || t.Task == of.Task && slices.Contains(parents, t.Image))
		if waits && !t.ended.After(of.begun) && (!ok || t.ended.After(latest.ended)) {
			latest, ok = t, true
		}
	}
	return latest, ok
}
