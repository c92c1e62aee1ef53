package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
)

// opaque is an action of which nobody can look up whether it was done, unless
// its message says that it may be done twice.
type opaque struct{ act }

func (opaque) Opaque(s engine.Step) bool { return s.Args.Get("msg").Text() != "twice" }

func (opaque) Assumed(engine.Step) engine.Result {
	return engine.Result{Verb: "assumed", Values: map[string]any{"n": ""}}
}

// A journal is one that a test looks into.
type journal struct {
	told     func(engine.Undertaking) // nil: nobody looks
	err      error                    // what it answers
	withheld []string
}

func (j *journal) Undertake(u engine.Undertaking) error {
	if j.told != nil {
		j.told(u)
	}
	return j.err
}

func (j *journal) Withhold(s event.Step, i int, k event.Kept) {
	j.withheld = append(j.withheld, fmt.Sprint(s.Name, " ", i, " ", k.Register, " ", k.Value, " ", k.Vars))
}

const once = `
- images: web
  schedule: linear
  tasks:
    - {name: plain, work: }
    - {name: twice, once: {msg: twice}}
    - {name: look, once: , changed_when: false}
    - {name: first, once: , register: first, notify: tell}
    - {name: each, once: {msg: "{{ .item }}"}, loop: [a, b]}
    - {name: again, once: , retries: 2, delay: 0s}
    - {name: hidden, once: , no_log: true, loop: [a]}
    - {name: last, work: {msg: "{{ .first.changed }} {{ .first.n }}"}}
  handlers: [{name: tell, work: }]
`

// What nobody can look up afterwards is told of before it is done: each step,
// and each item of a loop, once.
func TestUndertakingsAreToldBefore(t *testing.T) {
	var seen []string
	tries := 0
	did := act(func(_ context.Context, s engine.Step) (engine.Result, error) {
		seen = append(seen, fmt.Sprint("done ", s.ID.Name))
		if s.ID.Name == "again" && tries < 2 {
			tries++
			return engine.Result{}, errors.New("boom")
		}
		return engine.Result{Changed: true, Values: map[string]any{"n": 1}}, nil
	})
	tell := func(u engine.Undertaking) {
		seen = append(seen, fmt.Sprintf("tell %s %d %s %s", u.Step.Name, u.Index, u.Label, u.Pos))
	}
	actions := map[string]engine.Action{"work": did, "once": opaque{did}}
	if _, err := run(t, once, actions, func(e *engine.Engine) { e.Forks, e.Journal = 1, &journal{told: tell} }); err != nil {
		t.Fatal(err)
	}
	compare(t, []string{
		"done plain", "done twice", "done look",
		"tell first 0  p.yml:8:7", "done first",
		"tell each 0 a p.yml:9:7", "done each", "tell each 1 b p.yml:9:7", "done each",
		"tell again 0  p.yml:10:7", "done again", "done again", "done again",
		"tell hidden 0 (censored due to no_log) p.yml:11:7", "done hidden",
		"done last", "done tell",
	}, seen)

	seen, tries = nil, 0
	if _, err := run(t, once, actions, func(e *engine.Engine) { e.Forks, e.Journal, e.Check = 1, &journal{told: tell}, true }); err != nil {
		t.Fatal(err)
	}
	compare(t, []string{"done plain", "done twice", "done look", "done first", "done each", "done each", "done again", "done again", "done again", "done hidden", "done last", "done tell"}, seen)
}

// What cannot be told is not done.
func TestUndertakingThatCannotBeTold(t *testing.T) {
	actions := map[string]engine.Action{"once": opaque{act(func(context.Context, engine.Step) (engine.Result, error) {
		t.Error("it was done")
		return engine.Result{}, nil
	})}}
	full := errors.New("no space left on device")
	events, err := run(t, "- {images: web, tasks: [{name: one, once: }]}", actions, func(e *engine.Engine) {
		e.Journal = &journal{err: full}
	})
	compare(t, &engine.RunError{Failed: true, Images: 1}, err)
	compare(t, []string{"one web failed"}, events.lines())
}

// A run that was killed while steps were under way knows which; each is done
// again, or taken as done.
func TestOpenUndertakings(t *testing.T) {
	book := `
- images: web
  tasks:
    - {name: first, once: , register: first, notify: tell}
    - {name: each, once: {msg: "{{ .item }}"}, loop: [a, b, c]}
    - {name: last, work: {msg: "{{ .first.changed }} {{ .first.n }}"}}
  handlers: [{name: tell, work: }]
`
	step := func(task int, name string) event.Step { return event.Step{Task: task, Name: name, Image: "web"} }
	first, b := engine.Undertaking{Step: step(0, "first")}, engine.Undertaking{Step: step(1, "each"), Index: 1, Label: "b"}
	var past engine.Past
	past.AddUndertaking(b)
	past.AddUndertaking(engine.Undertaking{Step: step(1, "each"), Index: 0, Label: "a"})
	past.AddUndertaking(first)
	past.AddUndertaking(engine.Undertaking{Step: step(2, "last")})
	past.AddItem(event.ItemFinished{Step: step(1, "each"), Outcome: event.Changed})
	past.AddStep(event.StepFinished{Step: step(2, "last"), Outcome: event.Failed}) // its end is known, though it was a bad one
	compare(t, []engine.Undertaking{first, b}, past.Open())

	past.Assume(first)
	var did []string
	note := act(func(_ context.Context, s engine.Step) (engine.Result, error) {
		did = append(did, s.ID.Name+" "+s.Args.Get("msg").Text())
		return engine.Result{}, nil
	})
	events, err := run(t, book, map[string]engine.Action{"once": opaque{note}, "work": note}, func(e *engine.Engine) { e.Past = past })
	if err != nil {
		t.Fatal(err)
	}
	compare(t, []string{"each b", "each c", "last true ", "tell "}, did)
	compare(t, []string{"first web changed", "each web (b) ok", "each web (c) ok", "each web changed", "last web ok", "tell web ok"}, events.lines())
}

// A run that is stopped because of an error was not interrupted by its user.
func TestStoppedIsNotInterrupted(t *testing.T) {
	full := &engine.StoppedError{Err: errors.New("no space left on device")}
	ctx, stop := context.WithCancelCause(t.Context())
	actions := map[string]engine.Action{"work": act(func(context.Context, engine.Step) (engine.Result, error) {
		stop(full)
		return engine.Result{}, nil
	})}
	p := prepare(t, "- {images: web, tasks: [{name: one, work: }, {name: two, work: }]}", actions)
	events := new(recorder)
	err := (&engine.Engine{Actions: actions, Events: events}).Run(ctx, p)
	compare(t, []string{"one web ok"}, events.lines())
	compare(t, false, events.finished().Interrupted)
	compare(t, "no space left on device", fmt.Sprint(err))
}

// What may not be logged is in no event, and the journal is told of it apart, so
// that who resumes the run has it.
func TestWithheld(t *testing.T) {
	book := `
- images: web
  tasks:
    - {name: each, once: {msg: "{{ .item }}"}, loop: [a], no_log: true, register: each}
    - {name: set, leak: {v: 1}, no_log: true}
    - {name: plain, leak: {v: 1}, register: plain}
    - {name: use, work: {msg: "{{ len .each.results }} {{ (index .each.results 0).n }} {{ .v }}"}, no_log: true}
`
	work := func(msg *string) map[string]engine.Action {
		did := act(func(_ context.Context, s engine.Step) (engine.Result, error) {
			*msg += s.ID.Name + " " + s.Args.Get("msg").Text() + ";"
			return engine.Result{Values: map[string]any{"n": "hunter2"}, Vars: map[string]any{"v": s.ID.Name + "-hunter3"}}, nil
		})
		plain := act(func(_ context.Context, s engine.Step) (engine.Result, error) {
			*msg += s.ID.Name + " " + s.Args.Get("msg").Text() + ";"
			return engine.Result{}, nil
		})
		return map[string]engine.Action{"once": opaque{did}, "leak": did, "work": plain}
	}
	var first, second string
	j := new(journal)
	events, err := run(t, book, work(&first), func(e *engine.Engine) { e.Journal = j })
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "each a;set ;plain ;use 1 hunter2 plain-hunter3;", first)
	compare(t, 3, len(j.withheld)) // the item, its loop, and the variable; use leaves nothing
	for _, e := range events.events {
		if f, ok := e.(event.StepFinished); ok && f.Step.Name != "plain" && strings.Contains(fmt.Sprint(f), "hunter") {
			t.Errorf("told: %v", f)
		}
	}
	// A run that has it goes on with it, and does not do it again.
	var past engine.Past
	past.AddStep(event.StepFinished{Step: event.Step{Task: 0, Name: "each", Image: "web"}, Outcome: event.OK, Kept: event.Kept{
		Register: "each", Value: map[string]any{"results": []any{map[string]any{"n": "hunter2"}}},
	}})
	past.AddStep(event.StepFinished{Step: event.Step{Task: 1, Name: "set", Image: "web"}, Outcome: event.OK, Kept: event.Kept{Vars: map[string]any{"v": "kept"}}})
	past.AddStep(event.StepFinished{Step: event.Step{Task: 2, Name: "plain", Image: "web"}, Outcome: event.OK})
	if _, err := run(t, book, work(&second), func(e *engine.Engine) { e.Past = past }); err != nil {
		t.Fatal(err)
	}
	compare(t, "use 1 hunter2 kept;", second)
}
