package engine_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
)

func TestLoops(t *testing.T) {
	check(t, []row{
		{
			name: "item by item, a failed one does not end it, and the result tells of all",
			book: `
- images: web
  tasks:
    - name: one
      say: {msg: "{{ .item }}{{ .i }} {{ .loop.index }}/{{ .loop.length }} {{ .loop.first }}"}
      loop: [a, b]
      loop_control: {index_var: i, extended: true, label: "<{{ .item }}>"}
      register: said
    - {name: two, say: {msg: "{{ len .said.results }} {{ (index .said.results 1).msg }} {{ (index .said.results 1).item }} {{ .said.changed }} {{ .said.failed }} {{ .said.skipped }} {{ .said.msg }}"}}
`,
			want: []string{"one web (<a>) ok", "one web (<b>) ok", "one web ok", "two web ok"},
			said: []string{"web: a0 1/2 true", "web: b1 2/2 false", "web: 2 b1 2/2 false b false false false all items completed"},
		},
		{
			name: "conditions are decided for every item",
			book: `
- images: web
  vars: {list: [1, 2, 3]}
  tasks:
    - {name: one, change: , loop: .list, when: eq .item 2, register: made}
    - {name: none, ok: , loop: .list, when: eq .item 4, register: none}
    - {name: empty, ok: , loop: [], register: empty}
    - {name: never, ok: , loop: index .made.results 9, when: false}
    - {name: tell, say: {msg: "{{ .made.changed }} {{ .none.skipped }} {{ .empty.skipped }}"}}
`,
			want: []string{
				"one web (1) skipped", "one web (2) changed", "one web (3) skipped", "one web changed",
				"none web (1) skipped", "none web (2) skipped", "none web (3) skipped", "none web skipped",
				"empty web skipped", "never web skipped", "tell web ok",
			},
			said:  []string{"web: true true true"},
			recap: map[string]event.Count{"web": {OK: 2, Changed: 1, Skipped: 3}},
		},
		{
			name: "the step fails when an item did",
			book: `
- images: web
  tasks:
    - {name: one, fail: {msg: "no {{ .item }}", times: 1}, loop: [a, b], register: made, ignore_errors: true}
    - {name: two, say: {msg: "{{ .made.failed }} {{ .made.msg }} {{ (index .made.results 0).msg }} {{ (index .made.results 0).rc }}"}}
    - {name: three, fail: , loop: [a, b]}
`,
			want: []string{
				"one web (a) failed", "one web (b) ok", "one web failed, ignored", "two web ok",
				"three web (a) failed", "three web (b) failed", "three web failed",
			},
			said:  []string{"web: true 1 of 2 items failed no a 1"},
			err:   &engine.RunError{Failed: true, Images: 1},
			recap: map[string]event.Count{"web": {OK: 2, Ignored: 1, Failed: 1}},
		},
		{
			name: "the worst that happened to an item is what happened to the step",
			book: "- {images: web, tasks: [{name: one, refuse: , loop: [a]}]}",
			want: []string{"one web (a) refused", "one web refused"},
			err:  &engine.RunError{Refused: true, Images: 1},
		},
		{
			name: "break_when ends it",
			book: `
- images: web
  tasks:
    - {name: one, say: {msg: "{{ .item }}"}, loop: [a, b, c], register: it, loop_control: {break_when: eq .it.msg "b"}}
`,
			want: []string{"one web (a) ok", "one web (b) ok", "one web ok"},
			said: []string{"web: a", "web: b"},
		},
		{
			name: "an item that is a mapping is shown as JSON",
			book: "- {images: web, tasks: [{name: one, ok: , loop: [{name: a, n: [1]}]}]}",
			want: []string{`one web ({"n":[1],"name":"a"}) ok`, "one web ok"},
		},
		{
			name: "what is no list",
			book: "- {images: web, vars: {n: '{{ 3 }}'}, tasks: [{name: one, ok: , loop: .n}]}",
			want: []string{"one web failed"},
			err:  &engine.RunError{Failed: true, Images: 1},
		},
		{
			name: "a block: all of its tasks for one item after the other",
			book: `
- images: web
  tasks:
    - block:
        - {name: one, say: {msg: "{{ .item }} {{ .index }}"}}
        - {name: two, fail: , when: eq .item "b"}
        - {name: three, change: , notify: tell}
      rescue: [{name: mend, say: {msg: "{{ .item }} {{ .failed_task.name }}"}}]
      loop: [a, b]
    - {name: after, ok: }
  handlers: [{name: tell, ok: }]
`,
			want: []string{
				"one web [a] ok", "two web [a] skipped", "three web [a] changed",
				"one web [b] ok", "two web [b] failed, rescued", "mend web [b] ok", "after web ok", "tell web ok",
			},
			said: []string{"web: a 0", "web: b 1", "web: b two"},
		},
		{
			name: "blocks in blocks, and a failure that no rescue takes",
			book: `
- images: base,java
  tasks:
    - block:
        - block: [{name: one, fail: {of: base}, when: and (eq .item "b") (eq .sub 1)}]
          loop: [1, 2]
          loop_control: {loop_var: sub}
        - {name: two, ok: }
      loop: [a, b]
    - {name: after, ok: }
`,
			want: []string{
				"one base [a, 1] skipped", "one base [a, 2] skipped", "two base [a] ok",
				"one base [b, 1] failed", "one base [b, 2] skipped", "block java blocked by base",
			},
			err: &engine.RunError{Failed: true, Images: 2},
		},
	})
}

func TestLoopsTakeTheirTime(t *testing.T) {
	tests := []struct {
		name, control string
		want          time.Duration
	}{
		{"one after the other", "{pause: 10s}", 6*time.Second + 20*time.Second},
		{"two at once", "{parallel: 2}", 4 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			box := new(toolbox)
			for _, book := range []string{
				"- {images: web, tasks: [{name: one, sleep: {for: 2s}, loop: [1, 2, 3], loop_control: %s}]}",
				"- {images: web, tasks: [{block: [{name: one, sleep: {for: 2s}}], loop: [1, 2, 3], loop_control: %s}]}",
			} {
				p := prepare(t, fmt.Sprintf(book, tt.control), box.actions())
				synctest.Test(t, func(t *testing.T) {
					begun := time.Now()
					if err := (&engine.Engine{Actions: box.actions(), Events: new(recorder)}).Run(t.Context(), p); err != nil {
						t.Error(err)
					}
					compare(t, tt.want, time.Since(begun))
				})
			}
		})
	}
}

func TestRetries(t *testing.T) {
	check(t, []row{
		{
			name: "retries: 2 is three attempts at most",
			book: `
- images: web
  tasks:
    - {name: one, fail: {times: 2}, retries: 2, register: it}
    - {name: two, say: {msg: "{{ .it.attempts }} {{ .it.failed }}"}}
`,
			want: []string{"one web again in 5s, 2 left", "one web again in 5s, 1 left", "one web ok", "two web ok"},
			said: []string{"web: 3 false"},
		},
		{
			name: "and then it has failed; a delay that doubles",
			book: `
- images: web
  tasks:
    - {name: one, fail: , retries: 2, delay: 4m, backoff: exp, register: it, ignore_errors: true}
    - {name: two, say: {msg: "{{ .it.attempts }} {{ .it.msg }}"}}
`,
			want: []string{"one web again in 4m0s, 2 left", "one web again in 5m0s, 1 left", "one web failed, ignored", "two web ok"},
			said: []string{"web: 3 boom"},
		},
		{
			name: "until something holds of the result, also of one that failed",
			book: `
- images: web
  tasks:
    - {name: one, fail: {times: 1}, register: it, until: eq .it.rc 0, delay: 1}
    - {name: two, fail: {times: 9}, register: it, until: eq .it.rc 1, ignore_errors: true}
    - {name: three, say: {msg: "{{ .it.attempts }}"}, retries: "{{ add 0 1 }}", until: false, register: last}
`,
			want: []string{"one web again in 1s, 3 left", "one web ok", "two web failed, ignored", "three web again in 5s, 1 left", "three web failed"},
			said: []string{"web: 1", "web: 1"},
			err:  &engine.RunError{Failed: true, Images: 1},
		},
		{
			name: "each item by itself",
			book: "- {images: web, tasks: [{name: one, fail: {times: 1}, retries: 1, loop: [a, b]}]}",
			want: []string{"one web again in 5s, 1 left", "one web (a) ok", "one web (b) ok", "one web ok"},
		},
		{
			name: "the gate's no is not asked for twice",
			book: "- {images: web, tasks: [{name: one, refuse: , retries: 5}]}",
			want: []string{"one web refused"},
			err:  &engine.RunError{Refused: true, Images: 1},
		},
	})
}

func TestVerdicts(t *testing.T) {
	check(t, []row{
		{
			name: "changed_when and failed_when replace what the action says, and see it; lists are AND",
			book: `
- images: web
  tasks:
    - {name: one, ok: , changed_when: true, register: it}
    - {name: two, change: , changed_when: [not .it.failed, false]}
    - {name: three, fail: , register: it, failed_when: [.it.failed, eq .it.rc 7]}
    - {name: four, say: {msg: "{{ .it.failed }} {{ .it.rc }}"}, register: it}
    - {name: five, ok: , register: it, failed_when: [not .it.changed, true]}
`,
			want: []string{"one web changed", "two web ok", "three web ok", "four web ok", "five web failed"},
			said: []string{"web: false 1"},
			err:  &engine.RunError{Failed: true, Images: 1},
		},
		{
			name: "they have no say over the gate, nor has ignore_errors",
			book: "- {images: web, tasks: [{name: one, refuse: , failed_when: false, ignore_errors: true}]}",
			want: []string{"one web refused"},
			err:  &engine.RunError{Refused: true, Images: 1},
		},
		{
			name: "what is not reached may be ignored",
			book: `- {images: web, vars: {yes: true}, tasks: [{name: one, lost: , ignore_errors: "{{ .yes }}"}, {name: two, ok: }]}`,
			want: []string{"one web unreachable, ignored", "two web ok"},
		},
		{
			name: "a mistake of the playbook is never ignored",
			book: `
- images: web,other
  schedule: free
  tasks:
    - {name: made, ok: , register: made}
    - {name: one, say: {msg: "{{ .made.nope }}"}, ignore_errors: true, failed_when: false, when: eq .image.name "web"}
    - {name: two, ok: , changed_when: .made.nope, ignore_errors: true}
`,
			want: []string{"made other ok", "made web ok", "one other skipped", "one web failed", "two other failed"},
			err:  &engine.RunError{Failed: true, Images: 2},
		},
	})
}

func TestVariables(t *testing.T) {
	check(t, []row{{
		name: "that a task defines are the image's from there on",
		book: `
- images: web,other
  schedule: free
  tasks:
    - {name: one, put: {tag: "{{ .image.name }}-1"}}
- images: web,other
  schedule: free
  tasks: [{name: two, say: {msg: "{{ .tag }}"}}]
`,
		want: []string{"one other ok", "one web ok", "two other ok", "two web ok"},
		said: []string{"other: other-1", "web: web-1"},
	}})
}

func TestTimeout(t *testing.T) {
	box := new(toolbox)
	events, err := run(t, "- {images: web, tasks: [{name: one, sleep: {for: 1h}, timeout: 90, retries: 1, delay: 0}]}", box.actions(), nil)
	compare(t, &engine.RunError{Failed: true, Images: 1}, err)
	compare(t, []string{"one web again in 0s, 1 left", "one web failed"}, events.lines())
	var last event.StepFinished
	for _, e := range events.events {
		if f, ok := e.(event.StepFinished); ok {
			last = f
		}
	}
	compare(t, "the task took longer than its timeout of 1m30s: killed", fmt.Sprint(last.Result.Err))
	compare(t, 3*time.Minute, last.Took)
}

// An action that tells why it was ended has said it.
func TestTimeoutIsToldOnce(t *testing.T) {
	wait := act(func(ctx context.Context, _ engine.Step) (engine.Result, error) {
		<-ctx.Done()
		return engine.Result{}, fmt.Errorf("running sleep: %w", context.Cause(ctx))
	})
	events, _ := run(t, "- {images: web, tasks: [{name: one, wait: , timeout: 1}]}", map[string]engine.Action{"wait": wait}, nil)
	for _, e := range events.events {
		if f, ok := e.(event.StepFinished); ok {
			compare(t, "running sleep: the task took longer than its timeout of 1s", fmt.Sprint(f.Result.Err))
		}
	}
}

func TestNoLog(t *testing.T) {
	leak := act(func(_ context.Context, s engine.Step) (engine.Result, error) {
		_, _ = io.WriteString(s.Log, "hunter2\n")
		s.Events.Emit(event.LogLine{Image: "web", Text: "hunter2"})
		s.Events.Emit(event.Progress{Image: "web", Title: "hunter2", Current: 1})
		return engine.Result{Verb: "hunter2", Detail: "hunter2", Values: map[string]any{"password": "hunter2"}, Diff: []event.Diff{{After: "hunter2"}}, Vars: map[string]any{"v": "hunter2"}}, nil
	})
	bad := act(func(context.Context, engine.Step) (engine.Result, error) {
		return engine.Result{}, errors.New("hunter2")
	})
	box := new(toolbox)
	actions := box.actions()
	actions["leak"], actions["bad"] = leak, bad
	logged := false
	events, _ := run(t, `
- images: web
  tasks:
    - {name: one, leak: , no_log: true, register: it, loop: [hunter2]}
    - {name: again, leak: , no_log: true, loop: [hunter2]}
    - {name: two, leak: {v: 1}, no_log: true, register: it}
    - {name: use, say: {msg: "{{ .it.password }} {{ .v }}"}, no_log: true}
    - {name: three, bad: , no_log: true, retries: 1}
`, actions, func(e *engine.Engine) {
		e.Logs = func(event.Step) (io.WriteCloser, string, error) { logged = true; return nil, "", errors.New("none") }
	})
	for _, e := range events.events {
		if strings.Contains(fmt.Sprintf("%+v", e), "hunter2") {
			t.Errorf("%T leaks: %+v", e, e)
		}
	}
	compare(t, []string{"web: hunter2 hunter2"}, box.said)
	if logged {
		t.Error("a log was opened")
	}
}

// What an action is given beside its arguments.
func TestStepIsGiven(t *testing.T) {
	var got []string
	look := act(func(_ context.Context, s engine.Step) (engine.Result, error) {
		got = append(got, fmt.Sprint(s.ID.Name, " ", s.Check, " ", s.Diff, " ", s.Env, " ", s.Dir))
		return engine.Result{}, nil
	})
	_, err := run(t, `
- images: web
  environment: {A: play, B: "{{ .image.name }}"}
  tasks:
    - {name: one, look: , environment: {A: task}}
    - {name: two, look: , check_mode: false, diff: false}
`, map[string]engine.Action{"look": look}, func(e *engine.Engine) { e.Check, e.Diff = true, true })
	if err != nil {
		t.Fatal(err)
	}
	compare(t, []string{"one true true [A=task B=web] .", "two false false [A=play B=web] ."}, got)
}

func TestHeartbeat(t *testing.T) {
	talk := act(func(_ context.Context, s engine.Step) (engine.Result, error) {
		time.Sleep(20 * time.Second)
		_, _ = io.WriteString(s.Log, "here\n")
		time.Sleep(65 * time.Second)
		return engine.Result{}, nil
	})
	events, _ := run(t, "- {images: web, tasks: [{name: one, talk: }]}", map[string]engine.Action{"talk": talk}, func(e *engine.Engine) { e.Heartbeat = 30 * time.Second })
	var got []string
	for _, e := range events.events {
		switch e := e.(type) {
		case event.Heartbeat:
			got = append(got, fmt.Sprint(e.Step.Name, " ", e.Step.Image, " ", e.Running))
		case event.LogLine:
			got = append(got, e.Text)
		}
	}
	compare(t, []string{"here", "one web 50s", "one web 1m20s"}, got)
}
