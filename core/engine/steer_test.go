package engine_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/playbook"
)

func TestMeta(t *testing.T) {
	check(t, []row{
		{
			name: "end_image ends the play for one image, and takes no child with it",
			book: `
- images: base,java
  tasks:
    - {name: one, ok: }
    - {meta: end_image, when: eq .image.name "base"}
    - {meta: noop}
    - {name: two, ok: }
- images: base
  tasks: [{name: later, ok: }]
`,
			want: []string{"one base ok", "one java ok", "two java ok", "later base ok"},
		},
		{
			name: "also from inside of a loop",
			book: `
- images: web
  tasks:
    - block:
        - {name: one, ok: }
        - {meta: end_image, when: eq .item "a"}
        - {name: two, ok: }
      loop: [a, b]
    - {name: three, ok: }
`,
			want: []string{"one web [a] ok"},
		},
		{
			name: "end_play ends it for all",
			book: `
- images: base,java
  tasks:
    - {name: one, ok: }
    - {meta: end_play, when: eq .image.name "java"}
    - {name: two, ok: }
- images: base
  tasks: [{name: later, ok: }]
`,
			want: []string{"one base ok", "one java ok", "later base ok"},
		},
		{
			name: "also from inside of a loop",
			book: `
- images: base,java
  serial: 1
  tasks:
    - block: [{name: one, ok: }, {meta: end_play, when: eq .item 2}, {name: two, ok: }]
      loop: [1, 2]
    - {name: three, ok: }
- images: base
  tasks: [{name: later, ok: }]
`,
			want: []string{"one base [1] ok", "two base [1] ok", "one base [2] ok", "later base ok"},
		},
		{
			name: "a condition that makes no sense is a failure of the image",
			book: `
- images: web
  tasks:
    - {name: made, ok: , register: made}
    - {name: end, meta: end_image, when: .made.nope}
    - {name: two, ok: }
`,
			want: []string{"made web ok", "end web failed"},
			err:  &engine.RunError{Failed: true, Images: 1},
		},
	})
}

func TestFatal(t *testing.T) {
	check(t, []row{
		{
			name: "any_errors_fatal: the task is finished on all images, and then nothing follows",
			book: `
- images: base,other,web
  schedule: linear
  any_errors_fatal: true
  tasks:
    - block:
        - {name: one, fail: {of: base}}
        - {name: two, ok: }
      rescue: [{name: mend, ok: }]
    - block:
        - {name: three, fail: {of: other}}
        - {name: four, ok: }
      always: [{name: tidy, ok: }]
    - {name: five, ok: }
- images: all
  tasks: [{name: later, ok: }]
`,
			want: []string{
				"one base failed, rescued", "one other ok", "one web ok", "two other ok", "two web ok", "mend base ok",
				"three base ok", "three other failed", "three web ok", "tidy base ok", "tidy other ok", "tidy web ok",
				"no more images: three failed, which ends the play",
			},
			err:   &engine.RunError{Failed: true, Images: 1},
			recap: map[string]event.Count{"web": {OK: 4}},
		},
		{
			name: "a task may say it, or say otherwise",
			book: `
- images: base,other
  any_errors_fatal: true
  tasks:
    - {name: one, fail: {of: base}, any_errors_fatal: false}
    - {name: two, ok: }
- images: web,other
  tasks:
    - {name: three, fail: {of: other}, any_errors_fatal: true}
    - {name: four, ok: }
`,
			want: []string{
				"one base failed", "one other ok", "two other ok",
				"three other failed", "three web ok", "no more images: three failed, which ends the play",
			},
			err: &engine.RunError{Failed: true, Images: 2},
		},
		{
			name: "a looped block is finished as one",
			book: `
- images: base,other
  schedule: linear
  any_errors_fatal: true
  tasks:
    - block: [{name: one, fail: {of: base}}, {name: two, ok: }]
      loop: [a, b]
    - {name: three, ok: }
`,
			want: []string{
				"one base [a] failed", "one base [b] failed", "one other [a] ok", "two other [a] ok", "one other [b] ok", "two other [b] ok",
				"no more images: one failed, which ends the play",
			},
			err: &engine.RunError{Failed: true, Images: 1},
		},
		{
			name: "max_fail_percentage is a bound that may be reached and not be passed",
			book: `
- images: base,other
  schedule: linear
  max_fail_percentage: 50
  tasks: [{name: one, fail: {of: base}}, {name: two, fail: {of: other}}, {name: three, ok: }]
- images: web
  tasks: [{name: later, ok: }]
`,
			want: []string{
				"one base failed", "one other ok", "two other failed",
				"no more images: 2 of 2 images failed, which is more than 50 %",
			},
			err: &engine.RunError{Failed: true, Images: 2},
		},
		{
			name: "none may fail with max_fail_percentage: 0",
			book: `
- images: base,other
  schedule: linear
  max_fail_percentage: 0
  tasks: [{name: one, fail: {of: base}}, {name: two, ok: }]
`,
			want: []string{"one base failed", "one other ok", "no more images: 1 of 2 images failed, which is more than 0 %"},
			err:  &engine.RunError{Failed: true, Images: 1},
		},
		{
			name: "waves, one after the other, with their handlers",
			book: `
- images: base,other,web
  serial: [1, 2]
  tasks: [{name: one, change: , notify: tell}, {name: two, fail: {of: other}}]
  handlers: [{name: tell, ok: }]
`,
			want: []string{
				"one base changed", "two base ok", "tell base ok",
				"one other changed", "one web changed", "two other failed", "two web ok", "tell web ok",
			},
			err: &engine.RunError{Failed: true, Images: 1},
		},
		{
			name: "a wave that fails whole is the last one, and so is its play",
			book: `
- images: base,other,web
  schedule: free
  serial: 1
  tasks: [{name: one, fail: {of: other}}]
- images: all
  tasks: [{name: later, ok: }]
`,
			want: []string{"one base ok", "one other failed", "no more images: every image of the wave failed"},
			err:  &engine.RunError{Failed: true, Images: 1},
		},
		{
			name: "what is blocked has failed as well",
			book: "- {images: 'base,java,web', serial: [2, 1], tasks: [{name: one, fail: {of: base}}]}",
			want: []string{"one base failed", "one java blocked by base", "no more images: every image of the wave failed"},
			err:  &engine.RunError{Failed: true, Images: 2},
		},
	})
}

func TestRunOnce(t *testing.T) {
	check(t, []row{
		{
			name: "for the first image of the play, its result for all, in waves as well",
			book: `
- images: base,other,web
  schedule: free
  serial: 2
  tasks:
    - {name: one, ok: }
    - {name: once, say: {msg: "{{ .image.name }}"}, run_once: true, register: said}
    - {name: two, say: {msg: "{{ .said.msg }}"}}
`,
			want: []string{
				"one base ok", "one other ok", "once base ok", "two base ok", "two other ok", "one web ok", "two web ok",
			},
			said: []string{"base: base", "base: base", "other: base", "web: base"},
		},
		{
			name: "its failure ends the play",
			book: `
- images: base,other
  schedule: free
  tasks:
    - block: [{name: once, fail: , run_once: true}, {name: two, ok: }]
      always: [{name: tidy, ok: }]
- images: web
  tasks: [{name: later, ok: }]
`,
			want: []string{"once base failed", "tidy base ok", "tidy other ok", "no more images: once failed, which is done once for all images"},
			err:  &engine.RunError{Failed: true, Images: 1},
		},
		{
			name: "or sends all images to the rescue",
			book: `
- images: base,other
  schedule: free
  tasks:
    - block: [{name: once, fail: , run_once: true}, {name: two, ok: }]
      rescue: [{name: mend, ok: }]
`,
			want: []string{"once base failed, rescued", "mend base ok", "mend other ok"},
		},
		{
			name: "a looped block once, with what its tasks register",
			book: `
- images: base,other
  schedule: free
  tasks:
    - block: [{name: one, say: {msg: "{{ .item }}"}, register: said}]
      loop: [a, b]
      run_once: true
    - {name: two, say: {msg: "{{ .image.name }} {{ .said.msg }}"}}
`,
			want: []string{"one base [a] ok", "one base [b] ok", "two base ok", "two other ok"},
			said: []string{"base: a", "base: b", "base: base b", "other: other b"},
		},
		{
			name: "unless it is ignored",
			book: `
- images: base,other
  schedule: free
  tasks: [{name: once, fail: , run_once: true, ignore_errors: true}, {name: two, ok: }]
`,
			want: []string{"once base failed, ignored", "two base ok", "two other ok"},
		},
		{
			name: "a handler once",
			book: `
- images: base,other
  schedule: free
  tasks: [{name: one, change: , notify: tell}]
  handlers: [{name: tell, ok: , run_once: true}]
`,
			want: []string{"one base changed", "one other changed", "tell base ok"},
		},
	})
}

func TestStartAt(t *testing.T) {
	book := `
- images: web
  tasks: [{name: zero, ok: }]
- images: web
  tasks:
    - {name: one, ok: }
    - block: [{name: two, ok: }, {name: three, fail: }]
      rescue: [{name: mend, ok: }]
    - {name: four, ok: }
- images: web
  tasks: [{name: later, ok: }]
`
	box := new(toolbox)
	p := prepare(t, book, box.actions())
	var third *playbook.Task
	for _, task := range p.Plays[1].Leaves() {
		if task.Name == "three" {
			third = task
		}
	}
	events := new(recorder)
	synctest.Test(t, func(t *testing.T) {
		if err := (&engine.Engine{Actions: box.actions(), Events: events, StartAt: third}).Run(t.Context(), p); err != nil {
			t.Error(err)
		}
	})
	compare(t, []string{"three web failed, rescued", "mend web ok", "four web ok", "later web ok"}, events.lines())
}

func TestConfirm(t *testing.T) {
	var asked []string
	answers := map[string]engine.Answer{"one": engine.Yes, "two": engine.No, "skipped": engine.No, "three": engine.Continue}
	check(t, []row{{
		name: "each task is asked for once, until the user goes on",
		setup: func(e *engine.Engine) {
			e.Confirm = func(_ context.Context, task string) (engine.Answer, error) {
				asked = append(asked, task)
				return answers[task], nil
			}
		},
		book: `
- images: base,java
  tasks:
    - {name: one, ok: }
    - {name: two, change: , notify: tell}
    - {name: three, ok: }
    - {name: four, ok: }
  handlers: [{name: tell, ok: }]
`,
		want: []string{"one base ok", "one java ok", "three base ok", "three java ok", "four base ok", "four java ok"},
	}})
	compare(t, []string{"one", "two", "three"}, asked)
	box := new(toolbox)
	_, err := run(t, "- {images: web, tasks: [{name: one, ok: }]}", box.actions(), func(e *engine.Engine) {
		e.Confirm = func(context.Context, string) (engine.Answer, error) { return engine.No, errors.New("no terminal") }
	})
	compare(t, "no terminal", fmt.Sprint(err))
}

// Whoever interrupts the run at a question has answered it.
func TestConfirmIsInterrupted(t *testing.T) {
	box := new(toolbox)
	p := prepare(t, "- {images: web, tasks: [{name: one, ok: }, {name: two, ok: }]}", box.actions())
	events := new(recorder)
	ctx, stop := context.WithCancelCause(t.Context())
	e := &engine.Engine{Actions: box.actions(), Events: events, Confirm: func(ctx context.Context, _ string) (engine.Answer, error) {
		stop(errors.New("the user pressed ctrl-c"))
		return engine.No, context.Cause(ctx)
	}}
	compare(t, "the run was interrupted", fmt.Sprint(e.Run(ctx, p)))
	compare(t, []string(nil), events.lines())
	if !events.finished().Interrupted {
		t.Error("not told as interrupted")
	}
}

// What was cut off is done again when the run goes on, whatever the task says of
// failures; neither a rescue nor always nor a handler starts any more.
func TestInterruptIsNoFailureToIgnore(t *testing.T) {
	box := new(toolbox)
	p := prepare(t, `
- images: web
  tasks:
    - {name: one, change: , notify: tell}
    - block: [{name: two, sleep: {for: 1h}, ignore_errors: true, retries: 3}]
      rescue: [{name: mend, ok: }]
      always: [{name: tidy, ok: }]
  handlers: [{name: tell, ok: }]
`, box.actions())
	events := new(recorder)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, cancel)
		err := (&engine.Engine{Actions: box.actions(), Events: events, ForceHandlers: true}).Run(ctx, p)
		compare(t, &engine.RunError{Interrupted: true, Failed: true, Images: 1}, err)
	})
	compare(t, []string{"one web changed", "two web failed"}, events.lines())
}

// A run that was interrupted meanwhile asks nothing more.
func TestConfirmAfterAnInterruption(t *testing.T) {
	ctx, stop := context.WithCancelCause(t.Context())
	actions := map[string]engine.Action{"work": act(func(context.Context, engine.Step) (engine.Result, error) {
		stop(errors.New("the user pressed ctrl-c"))
		return engine.Result{}, nil
	})}
	asked := 0
	e := &engine.Engine{Actions: actions, Events: new(recorder), Confirm: func(context.Context, string) (engine.Answer, error) {
		asked++
		return engine.Yes, nil
	}}
	_ = e.Run(ctx, prepare(t, "- {images: web, tasks: [{name: one, work: }, {name: two, work: }]}", actions))
	compare(t, 1, asked)
}
