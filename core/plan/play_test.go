package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/sdk/diag"
)

// planOf makes a plan of a playbook for an inventory of a test.
func planOf(t testing.TB, is images, inv *inventory.Inventory, book string, o plan.Options) (*plan.Plan, diag.List) {
	t.Helper()
	f, ds, err := plan.Relate(t.Context(), inv.Images, is.ask)
	if ds != nil || err != nil {
		t.Fatal(ds, err)
	}
	b, ds := playbook.Parse("p.yml", []byte(book), playbook.Options{Actions: actions()})
	if ds != nil {
		t.Fatal(ds)
	}
	return plan.New(inv, f, []*playbook.Playbook{b}, o)
}

func names(images []*inventory.Image) string {
	var out []string
	for _, m := range images {
		out = append(out, m.Name)
	}
	return strings.Join(out, " ")
}

// The family is b ← a, b ← c ← d, and e alone.
func TestOrderAndBatches(t *testing.T) {
	is := images{"a": {"base b"}, "b": nil, "c": {"base b"}, "d": {"base c"}, "e": nil}
	tests := []struct{ name, play, want string }{
		{"parents first", "images: all", "b a c d e"},
		{"as the family, backwards where it can", "images: all, order: reverse_inventory", "e b c d a"},
		{"by name", "images: all, order: sorted", "b a c d e"},
		{"by name backwards", "images: all, order: reverse_sorted", "e b c d a"},
		{"free has no parents", "images: all, schedule: free, order: reverse_sorted", "e d c b a"},
		{"through one that is not of the play", "images: 'b,d', order: reverse_sorted", "b d"},
		{"waves of two", "images: all, serial: 2", "b a | c d | e"},
		{"waves by share, rounded down", "images: all, serial: '50%'", "b a | c d | e"},
		{"at least one", "images: all, serial: '1%'", "b | a | c | d | e"},
		{"the last size repeats", "images: all, serial: [1, 2]", "b | a c | d e"},
		{"more than there are", "images: all, serial: 99", "b a c d e"},
		{"a wave never holds a child of a later one", "images: all, serial: 1, order: reverse_sorted", "e | b | c | d | a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, inv := is.load(t, "{}")
			p, ds := planOf(t, is, inv, "- {"+tt.play+", tasks: [{debug: }]}", plan.Options{})
			if ds != nil {
				t.Fatal(ds)
			}
			chosen, _ := p.Plays[0].Select(nil)
			var waves []string
			for _, wave := range p.Plays[0].Batches(chosen) {
				waves = append(waves, names(wave))
			}
			if got := strings.Join(waves, " | "); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// A shuffled play is in the same order when its run goes on, and in another
// one in some other run.
func TestShuffle(t *testing.T) {
	is := images{}
	for i := range 20 {
		is[fmt.Sprint("i", i)] = nil
	}
	_, inv := is.load(t, "{}")
	order := func(run string) string {
		p, ds := planOf(t, is, inv, "- {images: all, order: shuffle, tasks: [{debug: }]}", plan.Options{Run: plan.RunInfo{ID: run}})
		if ds != nil {
			t.Fatal(ds)
		}
		return names(p.Plays[0].Order(inv.Images))
	}
	first, again, other := order("1"), order("1"), order("2")
	if first != again || first == other {
		t.Errorf("got\n%s, then\n%s, and in another run\n%s", first, again, other)
	}
}

// Tags prune blocks: what is left of one stays together, and one of which
// nothing is left is gone. Handlers stay.
func TestSections(t *testing.T) {
	const book = `
- images: web
  pre_tasks: [{name: before, debug: , tags: a}]
  tasks:
    - block:
        - {name: body, debug: , tags: a}
        - block: [{name: inner, debug: , tags: b}]
      rescue: [{name: rescue, debug: , tags: b}]
      always: [{name: always, debug: , tags: a}]
    - block: [{name: other, debug: , tags: b}]
  post_tasks: [{name: after, debug: , tags: b}]
  handlers: [{name: handler, debug: , tags: c}]`
	tests := []struct {
		tags []string
		want string
	}{
		{nil, "pre_tasks[before] tasks[(body (inner  ) rescue always) (other  )] post_tasks[after]: before body inner rescue always other after handler"},
		{[]string{"a"}, "pre_tasks[before] tasks[(body  always)]: before body always handler"},
		{[]string{"b"}, "tasks[((inner  ) rescue ) (other  )] post_tasks[after]: inner rescue other after handler"},
	}
	var show func(tasks []*playbook.Task) string
	show = func(tasks []*playbook.Task) string {
		var out []string
		for _, task := range tasks {
			if b := task.Block; b != nil {
				out = append(out, "("+show(b.Tasks)+" "+show(b.Rescue)+" "+show(b.Always)+")")
				continue
			}
			out = append(out, task.Name)
		}
		return strings.Join(out, " ")
	}
	for _, tt := range tests {
		p, ds := bind(t, book, plan.Options{Tags: tt.tags})
		if ds != nil {
			t.Fatal(ds)
		}
		var sections, leaves []string
		for _, s := range p.Plays[0].Sections {
			sections = append(sections, s.Name+"["+show(s.Tasks)+"]")
		}
		for _, task := range p.Plays[0].Leaves() {
			leaves = append(leaves, task.Name)
		}
		if diff := cmp.Diff(tt.want, strings.Join(sections, " ")+": "+strings.Join(leaves, " ")); diff != "" {
			t.Errorf("%v (-want +got):\n%s", tt.tags, diff)
		}
	}
}

// Of what a step sees, the more specific wins; a value that came from outside
// is never a template.
func TestData(t *testing.T) {
	is := images{"web": nil}
	dir, _ := is.load(t, "all: {vars: {a: all, b: all, c: all, d: all, e: all, f: all, g: all}}")
	extra, _ := document.Parse("-e", []byte("{g: extra, h: extra}"))
	inv, ds := inventory.Load(dir, inventory.Options{Extra: []document.Node{extra}})
	if ds != nil {
		t.Fatal(ds)
	}
	p, ds := planOf(t, is, inv, `
- images: web
  name: One
  vars: {b: play, c: play, d: play, e: play, f: play, g: play}
  tasks:
    - block: [{debug: , vars: {d: task, e: task, f: task}}]
      vars: {c: block, d: block}`, plan.Options{Run: plan.RunInfo{ID: "7", Check: true}})
	if ds != nil {
		t.Fatal(ds)
	}
	seen := plan.Seen{
		Registered:   map[string]any{"f": "result", "h": "result", "text": "{{ .a }}"},
		Set:          map[string]any{"e": "set", "f": "set", "g": "set"},
		Loop:         map[string]any{"item": 3},
		FailedTask:   map[string]any{"name": "broken"},
		FailedResult: map[string]any{"msg": "why"},
		Groups:       map[string][]string{"built": {"web"}},
	}
	data := p.Plays[0].Data(inv.Image("web"), p.Plays[0].Leaves()[0], seen)
	tests := []struct{ text, want string }{
		{"{{ .a }} {{ .b }} {{ .c }} {{ .d }} {{ .e }} {{ .f }} {{ .g }} {{ .h }}", "all play block task set result extra extra"},
		{"{{ .text }}", "{{ .a }}"},
		{"{{ .item }} {{ .failed_task.name }} {{ .failed_result.msg }}", "3 broken why"},
		{"{{ .groups.built }} {{ .groups.all }} {{ .groups.passed }}", `["web"] ["web"] []`},
		{"{{ .play.name }} {{ .run.id }} {{ .run.check }} {{ .run.diff }} {{ .image.name }}", "One 7 true false web"},
	}
	for _, tt := range tests {
		got, ds := data.Expand(document.Of(tt.text, diag.Pos{}))
		if ds != nil || got.Text() != tt.want {
			t.Errorf("%s: got %q, %v, want %q", tt.text, got.Text(), ds, tt.want)
		}
	}
	first := p.Plays[0].Data(inv.Image("web"), p.Plays[0].Leaves()[0], plan.Seen{})
	if got, ds := first.Expand(document.Of("{{ .groups.built }}{{ .failed_task | default 1 }}", diag.Pos{})); ds != nil || got.Text() != "[]1" {
		t.Errorf("at the start: got %q, %v", got.Text(), ds)
	}
}

const twoPlays = `
- name: Build
  images: all
  tags: [z, a]
  tasks:
    - {name: Build, build: , tags: [m]}
    - block: [{name: Push, push: }]
      rescue: [{name: Mend, debug: }]
  handlers: [{name: Tell, debug: }]
- images: web
  pre_tasks: [{name: Build, debug: }]
  tasks: [{meta: noop}, {name: Smoke test, smoke: }, {name: Smoke / test/now, debug: }]
`

func TestStartAt(t *testing.T) {
	p, ds := bind(t, twoPlays, plan.Options{})
	if ds != nil {
		t.Fatal(ds)
	}
	const known = `the tasks are Build, Push, Build, noop, Smoke test, Smoke / test/now`
	tests := []struct{ name, want string }{
		{"Build", "p.yml:6:"},
		{"Push", "p.yml:7:"},
		{"Smoke*", "p.yml:12:"},
		{"Sm*test/now", "p.yml:12:"},
		{"noop", "p.yml:12:"},
		{"Smok test", `error[unknown-task]: no task is called "Smok test" (did you mean "Smoke test"? ` + known + `)`},
		{"Mend", `error[unknown-task]: no task is called "Mend" (` + known + `)`},
		{"Tell", `error[unknown-task]: no task is called "Tell" (` + known + `)`},
		{"[", `error[unknown-task]: no task is called "[" (` + known + `)`},
	}
	for _, tt := range tests {
		task, ds := p.StartAt(tt.name)
		got := ds.Error()
		if task != nil {
			got = task.Pos.String()
		}
		if !strings.HasPrefix(got, tt.want) || task == nil && got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestList(t *testing.T) {
	p, ds := bind(t, twoPlays, plan.Options{})
	if ds != nil {
		t.Fatal(ds)
	}
	task := func(name string, line int, tags ...string) plan.ListedTask {
		return plan.ListedTask{Name: name, Tags: append([]string{}, tags...), File: "p.yml", Line: line}
	}
	want := []plan.ListedPlay{
		{
			Playbook: "p.yml", Number: 1, Name: "Build", Pattern: "all", Tags: []string{"a", "z"}, TaskTags: []string{"a", "m", "z"},
			Images: []string{"base", "java", "other", "web"}, File: "p.yml", Line: 2,
			Tasks: []plan.ListedTask{task("Build", 6, "a", "m", "z"), task("Push", 7, "a", "z"), task("Mend", 8, "a", "z")},
		},
		{
			Playbook: "p.yml", Number: 2, Name: "web", Pattern: "web", Tags: []string{}, TaskTags: []string{}, Images: []string{"web"}, File: "p.yml", Line: 10,
			Tasks: []plan.ListedTask{task("Build", 11), task("noop", 12), task("Smoke test", 12), task("Smoke / test/now", 12)},
		},
	}
	if diff := cmp.Diff(want, p.List()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !slices.IsSorted(want[0].TaskTags) {
		t.Error("tags are to be sorted")
	}
}
