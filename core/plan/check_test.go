package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/vars"
)

// A template may use what is known when the run gets to it, and nothing else.
// What is wrong stands behind a "§" each.
func TestTemplates(t *testing.T) {
	undefined := func(name, fix string) string {
		return ": error[undefined-variable]: undefined variable ." + name + " (" + fix + ")"
	}
	notHere := func(name, fix string) string {
		return ": error[not-here]: ." + name + " may not be read here (" + fix + ")"
	}
	didYouMean := func(name string) string { return "did you mean \"" + name + "\"?" }
	nothing := &vars.Shape{Below: map[string]*vars.Shape{}}
	facts := &vars.Shape{Below: map[string]*vars.Shape{"digest": nothing, "tags": nothing, "labels": nil}}
	const inLoop = "it exists inside of a loop only"
	const notBuilt = "what is built depends on nothing that a run comes to: say it in the inventory, or with -e"
	const inRescue = "it exists in rescue and always of a block only"
	define := func(name string) string {
		return "define it, or give it a value where it is missing: ." + name + ` | default "…"`
	}
	tests := []struct {
		name, tasks string
		want        []string
	}{
		{"args", `[{debug: {msg: '{{ §.nope }}'}}]`, []string{undefined("nope", define("nope"))}},
		{"when", `[{debug: , when: §.nope}]`, []string{undefined("nope", define("nope"))}},
		{"name", `[{name: 'say {{ §.nope }}', debug: }]`, []string{undefined("nope", define("nope"))}},
		{"environment", `[{debug: , environment: [{A: '{{ §.nope }}'}]}]`, []string{undefined("nope", define("nope"))}},
		{"timeout", `[{debug: , timeout: '{{ §.nope }}'}]`, []string{undefined("nope", define("nope"))}},
		{"ignore_errors", `[{debug: , ignore_errors: '{{ §.nope }}'}]`, []string{undefined("nope", define("nope"))}},
		{"retries and delay", `[{debug: , retries: '{{ §.nope }}', delay: '{{ §.nix }}'}]`, []string{undefined("nope", define("nope")), undefined("nix", define("nix"))}},
		{"until", `[{debug: , until: §.nope}]`, []string{undefined("nope", define("nope"))}},
		{"changed_when and failed_when", `[{debug: , changed_when: §.nope, failed_when: [§.nix]}]`, []string{undefined("nope", define("nope")), undefined("nix", define("nix"))}},
		{"loop", `[{debug: , loop: §.nope}]`, []string{undefined("nope", define("nope"))}},
		{"list of a loop", `[{debug: , loop: [1, '{{ §.nope }}']}]`, []string{undefined("nope", define("nope"))}},
		{"label and break_when", `[{debug: , loop: [1], loop_control: {label: '{{ §.nope }}', break_when: §.nix}}]`, []string{undefined("nope", define("nope")), undefined("nix", define("nix"))}},
		{"variables nobody uses", `[{debug: , vars: {x: '{{ §.nope }}'}}]`, []string{undefined("nope", define("nope"))}},
		{"variables of a block", `[{block: [{debug: }], vars: {x: '{{ §.nope }}'}}]`, []string{undefined("nope", define("nope"))}},
		{"a handler", `[{debug: }]
  handlers: [{debug: {msg: '{{ §.nope }}'}}]`, []string{undefined("nope", define("nope"))}},

		{"item in a loop", `[{debug: {msg: '{{ .item }}{{ .index }}'}, when: eq .item 1, loop: [1], loop_control: {label: '{{ .item }}', break_when: .item}}]`, nil},
		{"item without a loop", `[{debug: {msg: '{{ §.item }}{{ §.index }}'}}]`, []string{undefined("item", inLoop), undefined("index", inLoop)}},
		{"item of its own loop", `[{debug: , loop: §.item}]`, []string{undefined("item", inLoop)}},
		{"item in the name of a task", `[{name: '{{ §.item }}', debug: , loop: [1]}]`, []string{undefined("item", inLoop)}},
		{"item with another name", `[{debug: {msg: '{{ .p }}{{ .i }}'}, loop: [1], loop_control: {loop_var: p, index_var: i}}, {debug: {msg: '{{ §.p }}'}}]`, []string{undefined("p", define("p"))}},
		{"loop without extended", `[{debug: {msg: '{{ §.loop.first }}'}, loop: [1]}]`, []string{undefined("loop.first", "it exists inside of a loop, with loop_control: {extended: true} only")}},
		{"loop with extended", `[{debug: {msg: '{{ .loop.first }}'}, loop: [1], loop_control: {extended: true}}]`, nil},
		{"item of a block", `[{block: [{debug: {msg: '{{ .item }}'}, loop: .item, loop_control: {loop_var: x}}], loop: [[1]]}]`, nil},
		{"a block until one of its results", `[{block: [{debug: , register: a}], loop: [1], loop_control: {break_when: .a.failed}}]`, nil},
		{"a loop over a result", `[{debug: , register: made}, {debug: , loop: .made.results}]`, nil},

		{"failed_task in rescue and always", `[{block: [{debug: }], rescue: [{debug: {msg: '{{ .failed_task.name }}'}}], always: [{debug: {msg: '{{ .failed_result | default "" }}'}}]}]`, nil},
		{"failed_task elsewhere", `[{block: [{debug: {msg: '{{ §.failed_task.name }}'}}]}, {debug: , when: §.failed_result.x}]`, []string{undefined("failed_task.name", inRescue), undefined("failed_result.x", inRescue)}},

		{"registered before, in a name", `[{debug: , register: a}, {name: '{{ §.a }}', debug: }]`, []string{undefined("a", "names of tasks show no results")}},
		{"registered before", `[{debug: , register: a}, {debug: {msg: '{{ .a }}'}}]`, nil},
		{"registered by itself", `[{debug: , register: a, until: .a.x, retries: 1, failed_when: .a.x, changed_when: .a.y}]`, nil},
		{"registered by itself, too early", `[{debug: , register: made, when: §.made.x}]`, []string{undefined("made.x", "it is known after the task at p.yml:2:11")}},
		{"registered later", `[{debug: {msg: '{{ §.made }}'}}, {debug: , register: made}]`, []string{undefined("made", "it is known after the task at p.yml:2:42")}},
		{"registered in a block", `[{block: [{debug: , register: a}], rescue: [{debug: {msg: '{{ .a }}'}}]}, {debug: , when: .a.x}]`, nil},
		{"registered anywhere, for a handler", `[{debug: , register: made}]
  handlers: [{debug: {msg: '{{ .made }}'}}]`, nil},
		{"registered anywhere, for a variable", `[{debug: {msg: '{{ .x }}'}, vars: {x: '{{ §.made }}'}, when: false}, {debug: , register: made}, {debug: {msg: '{{ .x }}'}, vars: {x: '{{ .made }}'}}]`, []string{undefined("made", "it is known after the task at p.yml:2:78")}},
		{"declared to be registered", `[{write: , register: w, until: .w.attempts, retries: 1}, {debug: {msg: '{{ .w.path }}{{ .w.size | default 0 }}'}}]`, nil},
		{"never registered", `[{write: , register: w}, {debug: {msg: '{{ §.w.pth }}'}}]`, []string{undefined("w.pth: .w has no \"pth\"", didYouMean("path"))}},
		{"never registered, by itself", `[{write: , register: w, failed_when: §.w.pth}]`, []string{undefined("w.pth: .w has no \"pth\"", didYouMean("path"))}},
		{"never registered, in a variable", `[{write: , register: w}, {debug: {msg: '{{ .x }}'}, vars: {x: '{{ §.w.attempts | default 1 }}'}}]`, []string{undefined("w.attempts: .w has no \"attempts\"", "below .w there are changed, path, size")}},
		{"never registered, for a handler", `[{write: , register: w}]
  handlers: [{debug: {msg: '{{ §.w.pth }}'}}]`, []string{undefined("w.pth: .w has no \"pth\"", didYouMean("path"))}},
		{"one item of a loop", `[{write: , register: w, loop: [1], until: ne .w.item .w.path, retries: 2, loop_control: {break_when: .w.path}}]`, nil},
		{"a loop as a whole", `[{write: , register: w, loop: [1]}, {debug: {msg: '{{ .w.results }}{{ §.w.path }}'}}]`, []string{undefined("w.path: .w has no \"path\"", "below .w there are changed, digest, failed, msg, results, skipped")}},
		{"registered by two", `[{write: , register: w}, {debug: , register: w, when: false}, {debug: {msg: '{{ .w.anything }}'}}]`, nil},
		{"by two that declare", `[{write: , register: w}, {write: , register: w, loop: [1]}, {debug: {msg: '{{ .w.path }}{{ .w.results }}{{ §.w.pth }}'}}]`, []string{undefined("w.pth: .w has no \"pth\"", didYouMean("path"))}},
		{"set_var of a result's name", `[{write: , register: w}, {set_var: {w: {a: 1}}}, {debug: {msg: '{{ .w.a }}'}}]`, nil},
		{"set_var", `[{set_var: {colour: red}}, {debug: {msg: '{{ .colour }}'}}]`, nil},
		{"set_var later", `[{debug: {msg: '{{ §.colour }}'}}, {set_var: {colour: red}}]`, []string{undefined("colour", "it is known after the task at p.yml:2:44")}},
		{"set_var of itself", `[{set_var: {colour: red, both: '{{ §.colour }}'}}]`, []string{undefined("colour", "it is known after the task at p.yml:2:11")}},

		{"a build with a result", `[{debug: , register: made}, {set_var: {n: 1}}, {build: {timeout: '{{ §.made.x }}{{ §.n }}'}}]`, []string{undefined("made.x", notBuilt), undefined("n", notBuilt)}},
		{"a build with a result through a variable", `[{debug: , register: made}, {build: {timeout: '{{ .x }}'}, vars: {x: '{{ §.made }}'}}]`, []string{undefined("made", notBuilt)}},
		{"a build for every item", `[{build: {timeout: '{{ §.item }}'}, loop: [1]}]`, []string{undefined("item", notBuilt)}},
		{"facts", `[{debug: {msg: '{{ .image.facts.digest }}{{ .image.facts.labels.x }}'}, when: .image.facts.digest, until: .image.facts.digest, loop: .image.facts.tags}]`, nil},
		{"a fact that there is not", `[{debug: {msg: '{{ §.image.facts.digst }}'}}]`, []string{": error[undefined-variable]: undefined variable .image.facts.digst: .image.facts has no \"digst\" (did you mean \"digest\"?)"}},
		{"a fact in a name", `[{name: '{{ §.image.facts.digest }}', debug: }]`, []string{notHere("image.facts.digest", "names of tasks are shown before anything is asked")}},
		{"a build with a fact", `[{build: {timeout: '{{ §.image.facts.digest }}'}, when: .image.facts.digest}]`, []string{notHere("image.facts.digest", notBuilt)}},
		{"a build with a fact through a variable", `[{build: {timeout: '{{ .x }}'}, vars: {x: '{{ §.image.facts.digest | default 1 }}'}}]`, []string{notHere("image.facts.digest", notBuilt)}},
		{"when to build", `[{debug: , register: made}, {build: , when: .made.changed}]`, nil},
		{"what is always there", `[{debug: {msg: '{{ .run.id }}{{ .run.check }}{{ .run.diff }}{{ .run.dir }}{{ .run.started }}{{ .play.name }}{{ .groups.built }}{{ .groups.apps }}{{ .images }}'}}]`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			book, places := marked("- images: web\n  tasks: " + tt.tasks)
			_, ds := bind(t, book, plan.Options{Facts: facts})
			if len(places) != len(tt.want) || len(ds) != len(tt.want) {
				t.Fatalf("got %d mistakes at %d places: %v", len(ds), len(places), ds)
			}
			for i, d := range ds.Sorted() {
				if diff := cmp.Diff("p.yml:"+places[i]+tt.want[i], d.Error()); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
		})
	}
}

// marked takes the marks out of a text and returns where they stood.
func marked(text string) (plain string, places []string) {
	for i, line := range strings.Split(text, "\n") {
		for {
			before, after, ok := strings.Cut(line, "§")
			if !ok {
				break
			}
			places = append(places, fmt.Sprintf("%d:%d", i+1, len(before)+1))
			line = before + after
		}
		plain += line + "\n"
	}
	return plain, places
}

// What is wrong for some images only says for which.
func TestWhoseMistake(t *testing.T) {
	is := images{"a": nil, "b": nil, "c": nil, "d": nil, "e": nil}
	tests := []struct{ vars, want string }{
		{"a: {x: 1}, b: {x: 1}, c: {x: 1}, d: {x: 1}, e: {x: 1}", ""},
		{"a: {x: 1}, b: {x: 1}, c: , d: {x: 1}, e: ", "undefined variable .x: So it is for c, e."},
		{"a: {x: 1}, b: , c: , d: , e: ", "undefined variable .x: So it is for b, c, d and others."},
		{"a: , b: , c: , d: , e: ", "undefined variable .x: "},
	}
	for _, tt := range tests {
		_, inv := is.load(t, "all: {images: {"+tt.vars+"}}")
		_, ds := planOf(t, is, inv, `- {images: all, tasks: [{debug: {msg: "{{ .x }}"}}, {debug: {msg: hi}}]}`, plan.Options{})
		var got []string
		for _, d := range ds {
			got = append(got, fmt.Sprintf("%s: %s", d.Summary, d.Detail))
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, "\n")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.vars, diff)
		}
	}
}

// A verdict on which a gate stands may not be argued away, whichever play asks
// the gate.
func TestVerdicts(t *testing.T) {
	const smoke = "- {images: web, tasks: [{smoke: , failed_when: .x, ignore_errors: true, vars: {x: true}}]}\n"
	if _, ds := bind(t, smoke, plan.Options{}); ds != nil {
		t.Errorf("without a promotion: %v", ds)
	}
	_, ds := bind(t, smoke+"- {images: web, tasks: [{block: [{promote: }]}]}", plan.Options{})
	want := `p.yml:1:48: error[gate]: failed_when has no meaning on smoke: the gate stands on the verdict of the smoke tests, and no task may say otherwise (take failed_when out)
p.yml:1:67: error[gate]: ignore_errors has no meaning on smoke: the gate stands on the verdict of the smoke tests, and no task may say otherwise (take ignore_errors out)`
	if diff := cmp.Diff(want, ds.Sorted().Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
