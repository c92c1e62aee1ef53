package playbook_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/sdk/diag"
)

func actions() playbook.Actions {
	type args struct {
		Tags    []string `yaml:"tags"`
		Timeout string   `yaml:"timeout"`
		Set     string   `yaml:"set"`
	}
	check := func(n document.Node) diag.List { return document.Decode(n, new(args)) }
	anything := func(document.Node) diag.List { return nil }
	return playbook.Actions{
		"build": {Check: check, Builds: true}, "push": {Check: check}, "smoke": {Check: check}, "debug": {Check: anything, Alone: "msg"},
		"promote": {Check: check, Joins: func(n document.Node) bool { return !n.Get("set").IsZero() }},
		"set_var": {Check: anything, Defines: func(n document.Node) (names []string) {
			for _, e := range n.Entries() {
				names = append(names, e.Key.Text())
			}
			return names
		}},
	}
}

func options() playbook.Options {
	return playbook.Options{Actions: actions(), Builders: []string{"chroot", "heavy", "oci"}}
}

// Each row is one of the table of what is kept of Ansible's keywords.
func TestKeywords(t *testing.T) {
	tests := []struct{ row, src, want string }{
		{"play name", `[{name: One, images: a, tasks: [{debug: }]}, {images: "b,!c", tasks: [{debug: }]}]`, `
play "One" for a
  tasks:
    "debug" debug
play "b,!c" for b,!c
  tasks:
    "debug" debug`},
		{"hosts", `[{hosts: web, tasks: [{debug: }]}]`, `
play "web" for web
  tasks:
    "debug" debug`},
		{"vars", `[{images: a, vars: {x: 1}, tasks: [{debug: , vars: {y: 2}}]}]`, `
play "a" for a vars(play vars of a: {x:1})
  tasks:
    "debug" debug vars(task vars of debug: {y:2})`},
		{"what was written is kept", `[{images: a, vars: {version: 1.10, mode: 0755, time: 12:30, "on": yes}, tasks: [{debug: }]}]`, `
play "a" for a vars(play vars of a: {mode:0755,on:yes,time:12:30,version:1.10})
  tasks:
    "debug" debug`},
		{"gather_facts", `[{images: a, gather_facts: false, tasks: [{debug: }]}, {images: a, gather_facts: true, tags: x, pre_tasks: [{build: }], tasks: [{debug: }]}]`, `
play "a" for a
  tasks:
    "debug" debug
play "a" for a tags=x
  pre_tasks:
    "Gathering Facts" inspect tags=always
    "build" build tags=x
  tasks:
    "debug" debug tags=x`},
		{"pre_tasks, roles, tasks and post_tasks", `[{images: a, post_tasks: [{name: last, debug: }], tasks: [{name: mid, debug: }], pre_tasks: [{name: first, debug: }]}]`, `
play "a" for a
  pre_tasks:
    "first" debug
  tasks:
    "mid" debug
  post_tasks:
    "last" debug`},
		{"handlers, notify and listen", `[{images: a, tasks: [{build: , notify: tell}, {push: , notify: [tell, all of it]}], handlers: [{name: tell, debug: , notify: again}, {name: again, debug: , listen: all of it}]}]`, `
play "a" for a
  tasks:
    "build" build notify=tell
    "push" push notify=tell,all,of,it
  handlers:
    "tell" debug notify=again
    "again" debug listen=all,of,it`},
		{"block, rescue and always", `[{images: a, tasks: [{name: b, block: [{build: }, {block: [{debug: }]}], rescue: [{debug: }], always: [{debug: }]}]}]`, `
play "a" for a
  tasks:
    "b" block
      block:
        "build" build
        "block" block
          block:
            "debug" debug
      rescue:
        "debug" debug
      always:
        "debug" debug`},
		{"a block's keywords are those of its tasks", `[{images: a, environment: {A: 1}, tags: p, tasks: [{block: [{build: , tags: [t, u], when: .y, vars: {w: 2}, environment: [{B: 2}, {C: 3}], notify: h, ignore_errors: false, throttle: 1}], tags: b, when: .x, vars: {v: 1}, ignore_errors: true, no_log: true, run_once: true, check_mode: false, diff: true, any_errors_fatal: false, timeout: 5m, throttle: 2, notify: g}], handlers: [{name: g, debug: }, {name: h, debug: }]}]`, `
play "a" for a tags=p
  tasks:
    "block" block tags=p,b when=.x vars(block vars of block: {v:1}) environment={A:1} ignore_errors=true no_log run_once check_mode=false diff=true any_errors_fatal=false throttle=2 timeout=5m notify=g
      block:
        "build" build tags=p,b,t,u when=.x&.y vars(block vars of block: {v:1}) vars(task vars of build: {w:2}) environment={A:1}&{B:2}&{C:3} ignore_errors=false no_log run_once check_mode=false diff=true any_errors_fatal=false throttle=1 timeout=5m notify=g,h
  handlers:
    "g" debug tags=p environment={A:1}
    "h" debug tags=p environment={A:1}`},
		{"on", `[{images: a, on: oci, tasks: [{build: }, {debug: }, {block: [{build: }, {build: , on: chroot}], on: heavy}]}, {images: a, tasks: [{build: , on: oci}, {build: }]}]`, `
play "a" for a
  tasks:
    "build" build on=oci
    "debug" debug
    "block" block on=heavy
      block:
        "build" build on=heavy
        "build" build on=chroot
play "a" for a
  tasks:
    "build" build on=oci
    "build" build`},
		{"when", `[{images: a, tasks: [{build: , when: .x}, {build: , when: [.x, eq .y 1, true]}]}]`, `
play "a" for a
  tasks:
    "build" build when=.x
    "build" build when=.x&eq .y 1&true`},
		{"loop and loop_control", `[{images: a, tasks: [{debug: , loop: [1, 2]}, {debug: , loop: .platforms, loop_control: {loop_var: p, index_var: i, label: "{{ .p }}", pause: 2, extended: true, break_when: [.x, .y], parallel: 4}}, {block: [{debug: , loop: .list, loop_control: {loop_var: inner}}], loop: .more}]}]`, `
play "a" for a
  tasks:
    "debug" debug loop([1,2] var=item index=index )
    "debug" debug loop(.platforms var=p index=i label={{ .p }} pause=2 extended break_when=.x&.y parallel=4 )
    "block" block loop(.more var=item index=index )
      block:
        "debug" debug loop(.list var=inner index=index )`},
		{"register", `[{images: a, tasks: [{build: , register: made}]}]`, `
play "a" for a
  tasks:
    "build" build register=made`},
		{"until, retries, delay and backoff", `[{images: a, tasks: [{build: , until: .x}, {build: , retries: 2}, {build: , until: [.x, .y], retries: "{{ .n }}", delay: 2s, backoff: exp}]}]`, `
play "a" for a
  tasks:
    "build" build retry( until=.x )
    "build" build retry( retries=2 )
    "build" build retry( until=.x&.y retries={{ .n }} delay=2s backoff )`},
		{"timeout", `[{images: a, timeout: 1h, tasks: [{build: }, {build: , timeout: 90}, {build: , timeout: "{{ .t }}"}]}]`, `
play "a" for a
  tasks:
    "build" build timeout=1h
    "build" build timeout=90
    "build" build timeout={{ .t }}`},
		{"tags", `[{images: a, tags: "x, y", tasks: [{build: , tags: always}, {build: , tags: [z, x]}, {meta: noop, tags: never}]}]`, `
play "a" for a tags=x,y
  tasks:
    "build" build tags=x,y,always
    "build" build tags=x,y,z,x
    "noop" meta noop tags=x,y,never`},
		{"changed_when and failed_when", `[{images: a, tasks: [{debug: , changed_when: false, failed_when: [.x, .y]}, {smoke: , failed_when: .x}]}]`, `
play "a" for a
  tasks:
    "debug" debug changed_when=false failed_when=.x&.y
    "smoke" smoke failed_when=.x`},
		{"ignore_errors", `[{images: a, ignore_errors: true, tasks: [{build: }, {build: , ignore_errors: "{{ .run.check }}"}]}]`, `
play "a" for a
  tasks:
    "build" build ignore_errors=true
    "build" build ignore_errors={{ .run.check }}`},
		{"any_errors_fatal", `[{images: a, any_errors_fatal: true, tasks: [{build: }, {build: , any_errors_fatal: false}]}]`, `
play "a" for a any_errors_fatal
  tasks:
    "build" build
    "build" build any_errors_fatal=false`},
		{"max_fail_percentage", `[{images: a, max_fail_percentage: 25, tasks: [{build: }]}]`, `
play "a" for a max_fail_percentage=25
  tasks:
    "build" build`},
		{"serial", `[{images: a, serial: 3, tasks: [{build: }]}, {images: a, serial: "30%", tasks: [{build: }]}, {images: a, serial: [1, 5, "50%"], tasks: [{build: }]}]`, `
play "a" for a serial={3,0}
  tasks:
    "build" build
play "a" for a serial={0,30}
  tasks:
    "build" build
play "a" for a serial={1,0},{5,0},{0,50}
  tasks:
    "build" build`},
		{"strategy linear and free", `[{images: a, schedule: linear, tasks: [{build: }]}, {images: a, schedule: free, tasks: [{build: }]}, {images: a, schedule: dag, tasks: [{build: }]}]`, `
play "a" for a schedule=linear
  tasks:
    "build" build
play "a" for a schedule=free
  tasks:
    "build" build
play "a" for a schedule=dag
  tasks:
    "build" build`},
		{"forks, throttle and order", `[{images: a, forks: 4, throttle: {smoke: 2}, order: reverse_sorted, tasks: [{build: , throttle: 3}]}]`, `
play "a" for a order=reverse_sorted forks=4 throttle=smoke:2
  tasks:
    "build" build throttle=3`},
		{"run_once", `[{images: a, run_once: true, tasks: [{build: }, {build: , run_once: false}]}]`, `
play "a" for a
  tasks:
    "build" build run_once
    "build" build`},
		{"check_mode and diff", `[{images: a, check_mode: true, tasks: [{build: , diff: false}, {build: , check_mode: false}]}]`, `
play "a" for a
  tasks:
    "build" build check_mode=true diff=false
    "build" build check_mode=false`},
		{"environment", `[{images: a, environment: {A: 1, B: "{{ .x }}"}, tasks: [{build: , environment: [{A: 2}]}]}]`, `
play "a" for a
  tasks:
    "build" build environment={A:1,B:{{ .x }}}&{A:2}`},
		{"no_log", `[{images: a, tasks: [{block: [{build: }, {build: , no_log: false}], no_log: true}]}]`, `
play "a" for a
  tasks:
    "block" block no_log
      block:
        "build" build no_log
        "build" build`},
		{"module_defaults as defaults", `[{images: a, defaults: {push: {tags: [x], timeout: 5m}}, tasks: [{push: }, {push: {tags: [y]}}, {build: }]}]`, `
play "a" for a
  tasks:
    "push" push {tags:[x],timeout:5m}
    "push" push {tags:[y],timeout:5m}
    "build" build`},
		{"meta", `[{images: a, tasks: [{meta: flush_handlers}, {meta: end_play, when: .x}, {name: stop, meta: end_image}, {meta: noop}]}]`, `
play "a" for a
  tasks:
    "flush_handlers" meta flush_handlers
    "end_play" meta end_play when=.x
    "stop" meta end_image
    "noop" meta noop`},
		{"set_fact as set_var", `[{images: a, tasks: [{set_var: {version: 1, channel: x}}]}]`, `
play "a" for a
  tasks:
    "set_var" set_var {channel:x,version:1} defines=version,channel`},
		{"force_handlers and allow_empty", `[{images: a, force_handlers: true, allow_empty: true, tasks: [{build: }]}]`, `
play "a" for a allow_empty force_handlers
  tasks:
    "build" build`},
	}
	for _, tt := range tests {
		t.Run(tt.row, func(t *testing.T) {
			book, ds := playbook.Parse("p.yml", []byte(tt.src), options())
			if ds != nil {
				t.Fatal(ds)
			}
			if diff := cmp.Diff(strings.TrimPrefix(tt.want, "\n")+"\n", show(book)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
