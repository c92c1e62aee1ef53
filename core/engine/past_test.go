package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
)

// A counter counts how often each step did something.
type counter struct {
	mu    sync.Mutex
	times map[string]int
}

func (c *counter) count(s engine.Step) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.times == nil {
		c.times = map[string]int{}
	}
	c.times[fmt.Sprint(s.ID.Name, " ", s.ID.Image, " ", s.ID.Path, " ", s.Args.Get("msg").Text())]++
}

func (c *counter) actions(broken func(engine.Step) error) map[string]engine.Action {
	work := func(changed bool) act {
		return func(_ context.Context, s engine.Step) (engine.Result, error) {
			if err := broken(s); err != nil {
				return engine.Result{}, err
			}
			c.count(s)
			return engine.Result{
				Changed: changed, Values: map[string]any{"n": s.ID.Image}, Vars: map[string]any{"v": s.ID.Image}, Groups: []string{"built"},
			}, nil
		}
	}
	return map[string]engine.Action{
		"leak": work(true), "ok": work(false),
		"together": joint{work(true), func(steps []engine.Step, _ []string) []engine.Ending {
			ends := make([]engine.Ending, len(steps))
			for i, s := range steps {
				if ends[i].Err = broken(s); ends[i].Err == nil {
					c.count(s)
				}
			}
			return ends
		}},
	}
}

const long = `
- images: base,java,web
  pre_tasks:
    - {name: pre, leak: {v: 1}, register: pre, notify: tell}
  tasks:
    - block:
        - {name: one, leak: {v: 1, msg: "{{ .pre.n }}{{ .v }}"}, register: one}
        - {name: bad, leak: {v: 1, msg: "{{ .item }}"}, loop: [a, b, c], register: bad}
      rescue:
        - {name: mend, ok: {msg: "{{ .failed_task.name }} {{ .failed_result.failed }}"}}
      always:
        - {name: tidy, ok: }
    - block:
        - {name: inner, leak: {v: 1, msg: "{{ .item }}"}, notify: tell}
        - {name: more, ok: }
      loop: [x, y]
    - {name: once, ok: {msg: "{{ .one.n }}"}, run_once: true, register: once}
    - {name: set, together: }
    - {name: last, leak: {v: 1, msg: "{{ .once.n }} {{ .v }}"}}
  handlers: [{name: tell, leak: {v: 1}, notify: again}, {name: again, ok: }]
- {images: built, serial: 2, tasks: [{name: later, ok: {msg: "{{ .v }}"}}]}
`

// A run that is cut off after any number of steps, and resumed, does every step
// once, and each as the whole run would have.
func TestResumeRepeatsNothing(t *testing.T) {
	none := func(engine.Step) error { return nil }
	item := func(s engine.Step) error { // java's second item fails, whoever runs it
		if s.ID.Name == "bad" && s.ID.Image == "java" && s.Args.Get("msg").Text() == "b" {
			return errors.New("boom")
		}
		return nil
	}
	for name, broken := range map[string]func(engine.Step) error{"well": none, "with a rescue": item} {
		t.Run(name, func(t *testing.T) {
			whole := new(counter)
			want, total := cutOff(t, whole, broken, engine.Past{}, 1<<30)
			for after := range total {
				twice := new(counter)
				first, _ := cutOff(t, twice, broken, engine.Past{}, after)
				second, _ := cutOff(t, twice, broken, past(first), 1<<30)
				compare(t, whole.times, twice.times)
				compare(t, want.finished().Recap, second.finished().Recap)
				if t.Failed() {
					t.Fatalf("cut off after %d of %d steps", after, total)
				}
			}
		})
	}
}

// cutOff runs the long playbook and pulls the plug when some steps are through.
// It returns how many there were.
func cutOff(t *testing.T, c *counter, broken func(engine.Step) error, before engine.Past, after int) (*recorder, int) {
	t.Helper()
	gone := errors.New("the machine is gone")
	steps := 0
	var mu sync.Mutex
	limited := func(s engine.Step) error {
		mu.Lock()
		defer mu.Unlock()
		if steps >= after {
			return gone
		}
		if err := broken(s); err != nil {
			return err
		}
		steps++
		return nil
	}
	actions := c.actions(limited)
	p := prepare(t, long, actions)
	events := new(recorder)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		sink := sinkFunc(func(e event.Event) {
			if f, ok := e.(event.StepFinished); ok && errors.Is(f.Result.Err, gone) {
				cancel()
			}
			if f, ok := e.(event.ItemFinished); ok && errors.Is(f.Result.Err, gone) {
				cancel()
			}
			events.Emit(e)
		})
		// Everything is cut off at the first step that finds the machine gone.
		stop := func(s engine.Step) error {
			err := limited(s)
			if errors.Is(err, gone) {
				cancel()
			}
			return err
		}
		_ = (&engine.Engine{Actions: c.actions(stop), Events: sink, Forks: 2, Past: before}).Run(ctx, p)
	})
	return events, steps
}

type sinkFunc func(event.Event)

func (f sinkFunc) Emit(e event.Event) { f(e) }

// past is what a journal keeps of a run.
func past(runs ...*recorder) engine.Past {
	var p engine.Past
	for _, r := range runs {
		for _, e := range r.events {
			switch e := e.(type) {
			case event.StepFinished:
				p.AddStep(e)
			case event.ItemFinished:
				p.AddItem(e)
			case event.FactsRead:
				p.AddFacts(e)
			}
		}
	}
	return p
}

// A run that failed is resumed at the failed step of each image, with the
// handlers that were notified.
func TestResumeAtTheFailedStep(t *testing.T) {
	book := `
- images: web,other
  schedule: free
  tasks:
    - {name: one, leak: {v: 1}, notify: tell}
    - {name: two, ok: , loop: [a, b], register: two}
    - {name: three, ok: }
  handlers: [{name: tell, ok: }]
`
	c := new(counter)
	actions := c.actions(func(s engine.Step) error {
		if s.ID.Name == "two" && s.ID.Image == "web" {
			return errors.New("boom")
		}
		return nil
	})
	first, err := run(t, book, actions, func(e *engine.Engine) { e.Forks = 1 })
	compare(t, &engine.RunError{Failed: true, Images: 1}, err)
	c.times = nil
	second, err := run(t, book, c.actions(func(engine.Step) error { return nil }), func(e *engine.Engine) { e.Forks, e.Past = 1, past(first) })
	if err != nil {
		t.Fatal(err)
	}
	compare(t, []string{"two web (a) ok", "two web (b) ok", "two web ok", "three web ok", "tell web ok"}, second.lines())
	compare(t, []event.Count{{Image: "other", OK: 4, Changed: 1}, {Image: "web", OK: 4, Changed: 1}}, second.finished().Recap)
}

// A reviver brings back what a step had left in the process.
type reviver struct {
	act
	revived *[]string
	err     error
}

func (r reviver) Revive(_ context.Context, s engine.Step, value map[string]any) error {
	*r.revived = append(*r.revived, fmt.Sprint(s.ID.Image, " ", value["n"]))
	return r.err
}

// What is gone with the process is made again.
type fleeting struct{ act }

func (fleeting) Fleeting(document.Node) bool { return true }

// Who looks at what is made again looks again; before that nothing has changed.
type onlooker struct{ act }

func (onlooker) Looks(document.Node) bool { return true }

func TestResumeLooksAgain(t *testing.T) {
	note := act(func(_ context.Context, s engine.Step) (engine.Result, error) {
		if s.ID.Name == "last" {
			return engine.Result{}, errors.New("boom")
		}
		return engine.Result{}, nil
	})
	actions := map[string]engine.Action{"deploy": fleeting{note}, "look": onlooker{note}, "work": note}
	book := `
- images: web
  tasks:
    - {name: early, look: }
    - {name: deploy, deploy: }
    - {name: late, look: , loop: [1, 2]}
    - {name: work, work: }
    - {name: last, work: }
`
	first, _ := run(t, book, actions, nil)
	second, _ := run(t, book, actions, func(e *engine.Engine) { e.Past = past(first) })
	compare(t, []string{"deploy web ok", "late web (1) ok", "late web (2) ok", "late web ok", "last web failed"}, second.lines())
}

func TestResumeRevives(t *testing.T) {
	var did, revived []string
	note := act(func(_ context.Context, s engine.Step) (engine.Result, error) {
		did = append(did, s.ID.Name)
		if s.ID.Name == "last" && len(did) == 3 {
			return engine.Result{}, errors.New("boom")
		}
		return engine.Result{Values: map[string]any{"n": 7}}, nil
	})
	book := "- {images: web, tasks: [{name: build, build: }, {name: deploy, deploy: }, {name: last, work: }]}"
	actions := map[string]engine.Action{"build": reviver{note, &revived, nil}, "deploy": fleeting{note}, "work": note}
	first, _ := run(t, book, actions, nil)
	second, err := run(t, book, actions, func(e *engine.Engine) { e.Past = past(first) })
	if err != nil {
		t.Fatal(err)
	}
	compare(t, []string{"build", "deploy", "last", "deploy", "last"}, did)
	compare(t, []string{"web 7"}, revived)
	compare(t, []string{"deploy web ok", "last web ok"}, second.lines())

	did, revived = nil, nil
	actions["build"] = reviver{note, &revived, engine.ErrAgain}
	again, _ := run(t, book, actions, func(e *engine.Engine) { e.Past = past(first, second) })
	compare(t, []string{"build web ok", "deploy web ok", "last web failed"}, again.lines())

	did = nil
	actions["build"] = reviver{note, &revived, errors.New("its key has changed")}
	third, err := run(t, book, actions, func(e *engine.Engine) { e.Past = past(first) })
	compare(t, &engine.RunError{Failed: true, Images: 1}, err)
	compare(t, []string{"build web failed"}, third.lines())
	if len(did) > 0 {
		t.Errorf("went on with %v", slices.Clone(did))
	}
}
