package engine_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Bounds of single tasks and actions leave room for others.
func TestThrottle(t *testing.T) {
	var mu sync.Mutex
	busy, most := map[string]int{}, map[string]int{}
	work := act(func(_ context.Context, s engine.Step) (engine.Result, error) {
		mu.Lock()
		busy[s.ID.Name]++
		busy["all"]++
		most[s.ID.Name] = max(most[s.ID.Name], busy[s.ID.Name])
		most["all"] = max(most["all"], busy["all"])
		mu.Unlock()
		time.Sleep(time.Second)
		mu.Lock()
		busy[s.ID.Name]--
		busy["all"]--
		mu.Unlock()
		return engine.Result{}, nil
	})
	_, err := run(t, `
- images: all
  schedule: free
  forks: 4
  throttle: {narrow: 1}
  tasks: [{name: narrow, narrow: }, {name: wide, work: }, {name: two, work: , throttle: 2}]
`, map[string]engine.Action{"work": work, "narrow": work}, func(e *engine.Engine) { e.Forks = 1 })
	if err != nil {
		t.Fatal(err)
	}
	if most["narrow"] != 1 || most["two"] > 2 || most["all"] > 4 || most["all"] < 2 {
		t.Errorf("most under way at once: %v", most)
	}
}

func TestOrder(t *testing.T) {
	check(t, []row{{
		name: "of images that wait for nothing",
		book: "- {images: 'other,base,web', schedule: free, order: reverse_sorted, tasks: [{name: one, ok: }]}",
		want: []string{"one web ok", "one other ok", "one base ok"},
	}})
}

// What is told of a play: its waves, its tasks by the names that all images
// see, and which of them are handlers.
func TestPlayStarted(t *testing.T) {
	box := new(toolbox)
	events, _ := run(t, `
- name: waves
  images: base,web
  serial: 1
  vars: {what: it}
  tasks: [{name: "make {{ .what }}", ok: }, {name: "for {{ .image.name }}", ok: }]
  handlers: [{name: tell, ok: }]
`, box.actions(), func(e *engine.Engine) { e.Forks = 1 })
	var got []event.PlayStarted
	for _, e := range events.events {
		if e, ok := e.(event.PlayStarted); ok {
			for i := range e.Tasks {
				if e.Tasks[i].Pos.Line == 0 {
					t.Errorf("%s has no place", e.Tasks[i].Name)
				}
				e.Tasks[i].Pos = diag.Pos{}
			}
			got = append(got, e)
		}
	}
	compare(t, []event.PlayStarted{
		{Name: "waves", Wave: 1, Waves: 2, Images: []string{"base"}, Tasks: []event.Task{{Name: "make it"}, {Name: "for base"}, {Name: "tell", Handler: true}}},
		{Name: "waves", Wave: 2, Waves: 2, Images: []string{"web"}, Tasks: []event.Task{{Name: "make it"}, {Name: "for web"}, {Name: "tell", Handler: true}}},
	}, got)
	compare(t, []string{"make it base ok", "for base base ok", "make it web ok", "for web web ok"}, events.lines())
	one, _ := run(t, `- {images: "base,web", tasks: [{name: "for {{ .image.name }}", ok: }]}`, box.actions(), nil)
	begun, _ := one.events[0].(event.PlayStarted)
	compare(t, []event.Task{{Name: "for {{ .image.name }}", Pos: begun.Tasks[0].Pos}}, begun.Tasks)
}

// Every image says at every task that it has nothing more to say there, so that
// a report knows when a task is through.
func TestEveryPlaceIsPassed(t *testing.T) {
	box := new(toolbox)
	events, _ := run(t, `
- images: all
  tasks:
    - block:
        - {name: one, fail: {of: "java"}}
        - {name: two, ok: , loop: [a, b]}
      rescue: [{name: mend, fail: {of: web}}]
      always: [{name: tidy, ok: }]
    - block: [{name: in, change: , notify: tell}]
      loop: [1, 2]
    - {meta: end_image, when: eq .image.name "other"}
    - {name: last, ok: }
  handlers: [{name: tell, ok: }]
`, box.actions(), nil)
	open := map[string]int{}
	for _, e := range events.events {
		switch e := e.(type) {
		case event.PlayStarted:
			for _, image := range e.Images {
				for i := range e.Tasks {
					open[fmt.Sprint(image, " ", i)]++
				}
			}
		case event.StepFinished:
			if e.Step.Path == "" {
				delete(open, fmt.Sprint(e.Step.Image, " ", e.Step.Task))
			}
		case event.StepPassed:
			delete(open, fmt.Sprint(e.Step.Image, " ", e.Step.Task))
		}
	}
	if len(open) > 0 {
		t.Errorf("never told of as passed: %v", open)
	}
}
