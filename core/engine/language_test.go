package engine_test

import (
	"testing"

	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
)

func TestBlocks(t *testing.T) {
	check(t, []row{
		{
			name: "a rescue clears the failure of the image",
			book: `
- images: web,other
  tasks:
    - block:
        - {name: one, fail: {of: web, msg: no}}
        - {name: two, ok: }
      rescue:
        - {name: mend, say: {msg: "{{ .failed_task.name }} {{ .failed_task.action }}: {{ .failed_result.msg }} {{ .failed_result.rc }}"}}
      always:
        - {name: tidy, ok: }
    - {name: after, ok: }
`,
			want: []string{
				"one other ok", "one web failed, rescued", "two other ok", "mend web ok",
				"tidy other ok", "tidy web ok", "after other ok", "after web ok",
			},
			said:  []string{"web: one fail: no 1"},
			recap: map[string]event.Count{"web": {OK: 3, Rescued: 1}, "other": {OK: 4}},
		},
		{
			name: "a failure in the rescue is one, and always runs all the same",
			book: `
- images: web
  tasks:
    - block:
        - {name: one, fail: }
      rescue:
        - {name: mend, fail: }
        - {name: never, ok: }
      always:
        - {name: tidy, ok: }
    - {name: after, ok: }
`,
			want:  []string{"one web failed, rescued", "mend web failed", "tidy web ok"},
			err:   &engine.RunError{Failed: true, Images: 1},
			recap: map[string]event.Count{"web": {OK: 1, Failed: 1, Rescued: 1}},
		},
		{
			name: "nested blocks: always of the inner one, then the rescue of the outer one",
			book: `
- images: web
  tasks:
    - block:
        - block:
            - {name: one, fail: }
          always:
            - {name: inner, ok: }
        - {name: never, ok: }
      rescue:
        - {name: outer, ok: }
    - block:
        - block:
            - {name: two, fail: }
          rescue:
            - {name: saved, ok: }
        - {name: goes on, ok: }
      rescue:
        - {name: not needed, ok: }
`,
			want: []string{
				"one web failed, rescued", "inner web ok", "outer web ok",
				"two web failed, rescued", "saved web ok", "goes on web ok",
			},
		},
		{
			name: "a failed always is a failure, and the rest of it does not run",
			book: `
- images: web
  tasks:
    - block:
        - {name: one, ok: }
      always:
        - {name: tidy, fail: }
        - {name: never, ok: }
    - {name: after, ok: }
`,
			want: []string{"one web ok", "tidy web failed"},
			err:  &engine.RunError{Failed: true, Images: 1},
		},
		{
			name: "what the gate refused stays refused",
			book: `
- images: web
  tasks:
    - block:
        - {name: one, refuse: }
      rescue:
        - {name: mend, ok: }
`,
			want:  []string{"one web refused, rescued", "mend web ok"},
			err:   &engine.RunError{Refused: true, Images: 1},
			recap: map[string]event.Count{"web": {OK: 1, Rescued: 1, Held: 1}},
		},
		{
			name: "a mistake in a template can be rescued",
			book: `
- images: web
  tasks:
    - {name: make, ok: , register: made}
    - block:
        - {name: one, say: {msg: "{{ .made.nope }}"}}
      rescue:
        - {name: mend, ok: }
`,
			want: []string{"make web ok", "one web failed, rescued", "mend web ok"},
		},
		{
			name: "joint tasks are barriers inside of blocks, too",
			book: `
- images: base,web,other
  schedule: free
  tasks:
    - block:
        - {name: one, fail: {of: web}}
        - {name: all, together: }
      rescue:
        - {name: mend, together: }
`,
			want: []string{
				"one base ok", "one other ok", "one web failed, rescued", "all base ok", "all other ok", "mend web ok",
			},
			said: []string{"together base,other lost ", "together web lost "},
		},
	})
}

func TestBlocksAndTheFamily(t *testing.T) {
	check(t, []row{
		{
			name: "inside of a block a blocked step is one that failed",
			book: `
- images: base,java,web
  tasks:
    - block:
        - {name: one, fail: {of: base}}
        - {name: two, ok: }
      rescue:
        - {name: mend, say: {msg: "{{ .failed_task.name }}: {{ .failed_result.msg }}"}}
      always:
        - {name: tidy, ok: }
    - {name: after, ok: }
`,
			want: []string{
				"one base failed, rescued", "one java blocked by base, rescued", "one web blocked by base, rescued",
				"mend base ok", "mend java ok", "mend web ok", "tidy base ok", "tidy java ok", "tidy web ok",
				"after base ok", "after java ok", "after web ok",
			},
			said:  []string{"base: one: boom", "java: one: base failed", "web: one: base failed"},
			recap: map[string]event.Count{"web": {OK: 3, Rescued: 1}},
		},
		{
			name: "a rescue that its parent does not need keeps no child from it",
			book: `
- images: base,java,web
  tasks:
    - block:
        - {name: one, fail: {of: java}}
      rescue:
        - {name: mend, ok: }
    - {name: after, ok: }
`,
			want: []string{
				"one base ok", "one java failed, rescued", "one web blocked by java, rescued",
				"mend java ok", "mend web ok", "after base ok", "after java ok", "after web ok",
			},
		},
		{
			name: "outside of a block it leaves the run, and always runs all the same",
			book: `
- images: base,java,web
  tasks:
    - block:
        - {name: one, fail: {of: base}}
      always:
        - {name: tidy, fail: {of: base}}
    - {name: after, ok: }
- images: all
  tasks: [{name: later, ok: }]
`,
			want: []string{
				"one base failed", "one java blocked by base", "one web blocked by base",
				"tidy base failed", "tidy java ok", "tidy web ok", "later app blocked by base", "later other ok",
			},
			err:   &engine.RunError{Failed: true, Images: 4},
			recap: map[string]event.Count{"base": {Failed: 2}, "web": {OK: 1, Blocked: 1}, "app": {Blocked: 1}},
		},
	})
}

func TestHandlers(t *testing.T) {
	check(t, []row{
		{
			name: "after each section, in the order in which they are defined, once",
			book: `
- images: web,other
  schedule: free
  pre_tasks:
    - {name: pre, change: , notify: second}
  tasks:
    - {name: one, change: , notify: [second, first]}
    - {name: two, change: , notify: second}
    - {name: same, ok: , notify: never}
    - {name: some, change: , when: eq .image.name "web", notify: topic}
  post_tasks:
    - {name: post, ok: }
  handlers:
    - {name: first, ok: }
    - {name: second, ok: }
    - {name: third, ok: , listen: topic}
    - {name: never, ok: }
`,
			want: []string{
				"pre other changed", "pre web changed", "second other ok", "second web ok",
				"one other changed", "one web changed", "two other changed", "two web changed",
				"same other ok", "same web ok", "some other skipped", "some web changed",
				"first other ok", "first web ok", "second other ok", "second web ok", "third web ok",
				"post other ok", "post web ok",
			},
		},
		{
			name: "flush_handlers runs them at once, when its condition holds",
			book: `
- images: web,other
  schedule: free
  tasks:
    - {name: one, change: , notify: tell}
    - {meta: flush_handlers, when: eq .image.name "web"}
    - {name: two, ok: }
  handlers: [{name: tell, ok: }]
`,
			want: []string{"one other changed", "one web changed", "tell web ok", "two other ok", "two web ok", "tell other ok"},
		},
		{
			name: "an image that failed later loses them",
			book: `
- images: web,other
  schedule: free
  tasks:
    - {name: one, change: , notify: tell}
    - {name: two, fail: {of: web}}
  handlers: [{name: tell, ok: }]
`,
			want: []string{"one other changed", "one web changed", "two other ok", "two web failed", "tell other ok"},
			err:  &engine.RunError{Failed: true, Images: 1},
		},
		{
			name: "unless they are forced, and then all of them run",
			book: `
- images: web,other
  schedule: free
  force_handlers: true
  tasks:
    - {name: one, change: , notify: [tell, more]}
    - {name: two, fail: {of: web}}
    - {name: three, ok: }
  post_tasks:
    - {name: post, change: , notify: more}
  handlers: [{name: tell, fail: {of: web}}, {name: more, ok: }]
`,
			want: []string{
				"one other changed", "one web changed", "two other ok", "two web failed", "three other ok",
				"tell other ok", "tell web failed", "more other ok", "more web ok", "post other changed", "more other ok",
			},
			err:   &engine.RunError{Failed: true, Images: 1},
			recap: map[string]event.Count{"web": {OK: 2, Changed: 1, Failed: 2}},
		},
		{
			name:  "the command line forces them as well",
			setup: func(e *engine.Engine) { e.ForceHandlers = true },
			book: `
- images: web
  tasks: [{name: one, change: , notify: tell}, {name: two, fail: }]
  handlers: [{name: tell, ok: }]
`,
			want: []string{"one web changed", "two web failed", "tell web ok"},
			err:  &engine.RunError{Failed: true, Images: 1},
		},
		{
			name: "handlers notify handlers, also those before them",
			book: `
- images: web
  tasks: [{name: one, change: , notify: b}]
  handlers: [{name: a, ok: }, {name: b, change: , notify: [a, c]}, {name: c, ok: }]
`,
			want: []string{"one web changed", "b web changed", "c web ok", "a web ok"},
		},
	})
}
