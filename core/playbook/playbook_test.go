package playbook_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/sdk/diag"
)

func actions() playbook.Actions {
	type args struct {
		Tags []string `yaml:"tags"`
	}
	check := func(n document.Node) diag.List { return document.Decode(n, new(args)) }
	return playbook.Actions{"build": {Check: check}, "push": {Check: check}, "debug": {Check: func(document.Node) diag.List { return nil }}}
}

func options() playbook.Options { return playbook.Options{Actions: actions()} }

func TestParse(t *testing.T) {
	book, ds := playbook.Parse("p.yml", []byte(`
- name: One
  images: apps
  schedule: linear
  tags: x, y
  vars: {a: 1}
  tasks:
    - build:
    - name: Push it
      push: {tags: [test]}
      register: pushed
      when: [.a, true]
      tags: z
- hosts: web
  allow_empty: true
  tasks: [{debug: {msg: hi}, when: .b}]
`), options())
	if ds != nil {
		t.Fatal(ds)
	}
	var got []string
	for _, p := range book.Plays {
		got = append(got, fmt.Sprintf("play %q for %s, schedule %q, empty %v", p.Name, p.Images.Text(), p.Schedule.Text(), p.AllowEmpty))
		for _, task := range p.Tasks {
			got = append(got, fmt.Sprintf("task %q: %s %v, register %q, %d conditions, tags %v, at %s", task.Name, task.Action, task.Args.Value(), task.Register, len(task.When), task.Tags, task.Pos))
		}
	}
	want := []string{
		`play "One" for apps, schedule "linear", empty false`,
		`task "build": build <nil>, register "", 0 conditions, tags [x y], at p.yml:8:7`,
		`task "Push it": push map[tags:[test]], register "pushed", 2 conditions, tags [x y z], at p.yml:9:7`,
		`play "web" for web, schedule "", empty true`,
		`task "debug": debug map[msg:hi], register "", 1 conditions, tags [], at p.yml:16:11`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Every guilty line ends in "# ERROR: what is told of it"; nothing else may be
// told.
func TestMistakes(t *testing.T) {
	tests := []struct{ name, src string }{
		{"plays", `
- images: all
  task: []  # ERROR: unknown key "task" (did you mean "tasks"?)
  tasks: [{build: }]
- images: [a, b]  # ERROR: want a pattern, found a list (write images: a,b)
  tasks: [{build: }]
- images: a
  hosts: b  # ERROR: the play has images as well as hosts, which means the same (keep images)
  tasks: [{build: }]
- images: a
  schedule: lineal  # ERROR: unknown schedule "lineal" (did you mean "linear"?)
  vars: [a]  # ERROR: want a mapping of variables, found a list
  allow_empty: 1  # ERROR: want true or false, found the number 1
  name: [x]  # ERROR: want the name of a play, found a list
  tasks: [{build: }]
- images: a  # ERROR: the play has no tasks (write tasks: with at least one task below it)
- vars: {play: 1}  # ERROR: the play does not say for which images it is (write images: all, or another pattern) # AND: "play" is set by slipway and cannot be a variable (choose another name)
  tasks: [{build: }]
- just text  # ERROR: want a play, found the text "just text" (write - images: all, and tasks: below it)
`},
		{"tasks", `
- images: all
  tasks:
    - build: {tag: [x]}  # ERROR: unknown key "tag" (did you mean "tags"?)
    - biuld:  # ERROR: unknown key "biuld" (did you mean "build"?)
    - build:
      wehn: .x  # ERROR: unknown key "wehn" (did you mean "when"?)
    - build:
      push:  # ERROR: the task has two actions, "build" and "push" (make two tasks of it)
    - name: lazy  # ERROR: the task has no action (the actions are build, debug, push)
    - text  # ERROR: want a task, found the text "text" (write - name: …, and an action below it)
    - build:
      register: my-name  # ERROR: "my-name" cannot be the name of a variable: templates could not say .my-name (use letters, digits and '_', and begin with a letter)
    - build:
      register: image  # ERROR: "image" is set by slipway and cannot be a variable (choose another name)
    - build:
      when: {a: b}  # ERROR: want a condition, found a mapping (write an expression: eq .image.name "web")
    - build:
      when: [.a, [.b]]  # ERROR: want a condition, found a list (write an expression: eq .image.name "web")
    - build:
      vars: {bad-name: 1}  # ERROR: "bad-name" cannot be the name of a variable: templates could not say .bad-name (use letters, digits and '_', and begin with a letter)
      tags: [[x]]  # ERROR: want text, found a list
`},
		{"empty", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, ds := playbook.Parse("p.yml", []byte(tt.src), options())
			var got []string
			for _, d := range ds.Sorted() {
				got = append(got, fmt.Sprintf("%d: %s", d.Pos.Line, strings.TrimSuffix(d.Summary+" ("+d.Fix+")", " ()")))
			}
			want := expected(tt.src)
			if tt.src == "" {
				want = []string{"0: the playbook is empty (write a list of plays: - images: all)"}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func expected(src string) []string {
	var want []string
	for i, line := range strings.Split(src, "\n") {
		if _, text, ok := strings.Cut(line, "# ERROR: "); ok {
			for one := range strings.SplitSeq(text, " # AND: ") {
				want = append(want, fmt.Sprintf("%d: %s", i+1, one))
			}
		}
	}
	return want
}

func TestNoPlaybook(t *testing.T) {
	_, ds := playbook.Load("nope.yml", options())
	if got, want := ds.Error(), "nope.yml: error[no-playbook]: the playbook cannot be read: no such file or directory (name a file with a list of plays)"; got != want {
		t.Errorf("got %s", got)
	}
	_, ds = playbook.Parse("p.yml", []byte("images: all"), options())
	if got, want := ds.Error(), "p.yml:1:1: error[wrong-type]: a playbook is a list of plays, found a mapping (begin each play with a dash: - images: all)"; got != want {
		t.Errorf("got %s", got)
	}
}

// The rows are Ansible's: what a task with the tags runs under.
func TestSelected(t *testing.T) {
	tests := []struct {
		tags, run, skip string
		want            bool
	}{
		{"", "", "", true},
		{"a", "", "", true},
		{"a", "a", "", true},
		{"a", "b", "", false},
		{"", "b", "", false},
		{"a b", "b c", "", true},
		{"always", "b", "", true},
		{"always", "b", "always", false},
		{"never", "", "", false},
		{"never", "all", "", false},
		{"never a", "a", "", true},
		{"never a", "never", "", true},
		{"never a", "tagged", "", false},
		{"a", "tagged", "", true},
		{"", "tagged", "", false},
		{"", "untagged", "", true},
		{"a", "untagged", "", false},
		{"a", "all", "a", false},
		{"a", "a", "a", false},
		{"a", "", "all", false},
		{"", "", "all", false},
		{"always", "", "all", true},
		{"always", "", "all,always", false},
		{"always foo", "", "all,foo", true},
		{"a", "", "tagged", false},
		{"", "", "tagged", true},
		{"", "", "untagged", false},
		{"a", "", "untagged", true},
	}
	list := func(s string) []string {
		return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' })
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("[%s] -t %s --skip-tags %s", tt.tags, tt.run, tt.skip), func(t *testing.T) {
			task := playbook.Task{Keywords: playbook.Keywords{Tags: list(tt.tags)}}
			if got := task.Selected(list(tt.run), list(tt.skip)); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestCheckTags(t *testing.T) {
	known := []string{"build", "push"}
	got := playbook.CheckTags([]string{"build", "always", "psuh", "zzzz"}, known).Error()
	want := "error[unknown-tag]: no task has the tag \"psuh\" (did you mean \"push\"?)\nerror[unknown-tag]: no task has the tag \"zzzz\" (the tags are build, push)"
	if got != want {
		t.Errorf("got %s", got)
	}
	if got, want := playbook.CheckTags([]string{"x"}, nil).Error(), `error[unknown-tag]: no task has the tag "x" (no task has a tag at all)`; got != want {
		t.Errorf("got %s", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("- images: all\n  tasks: [{build: {tags: [x]}}]")
	f.Add("- hosts: a\n  tags: [x]\n  tasks:\n  - when: [a]\n")
	f.Fuzz(func(t *testing.T, src string) {
		book, ds := playbook.Parse("p", []byte(src), options())
		for _, d := range ds {
			if d.Pos.File != "p" || d.Summary == "" {
				t.Errorf("a mistake without place or words: %+v", d)
			}
		}
		if ds == nil && len(book.Plays) == 0 {
			t.Errorf("no plays in %q, and nobody was told", src)
		}
	})
}
