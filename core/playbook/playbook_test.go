package playbook_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/sdk/diag"
)

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

func TestNoPlaybook(t *testing.T) {
	_, ds := playbook.Parse("p.yml", nil, options())
	if got, want := ds.Error(), "p.yml: error[empty-playbook]: the playbook is empty (write a list of plays: - images: all)"; got != want {
		t.Errorf("got %s", got)
	}
	_, ds = playbook.Load("nope.yml", options())
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
	want := "error[unknown-tag]: no task has the tag \"psuh\" (did you mean \"push\"? the tags are build, push)\nerror[unknown-tag]: no task has the tag \"zzzz\" (the tags are build, push)"
	if got != want {
		t.Errorf("got %s", got)
	}
	if got, want := playbook.CheckTags([]string{"x"}, nil).Error(), `error[unknown-tag]: no task has the tag "x" (no task has a tag at all)`; got != want {
		t.Errorf("got %s", got)
	}
}

// Imports that double at every step, or go ever deeper, stop at a bound.
func TestBounds(t *testing.T) {
	tests := []struct{ book, file, want string }{
		{"[{images: a, tasks: [{import_tasks: x}]}]", "[{import_tasks: %[1]s}, {import_tasks: %[1]s}]", "the playbook comes to more than 10000 plays, roles and tasks here"},
		{"[{import_playbook: x}]", "[{import_playbook: %[1]s}, {import_playbook: %[1]s}]", "the playbook comes to more than 10000 plays, roles and tasks here"},
		{"[{import_playbook: x}]", "[{import_playbook: x%[1]s}]", "files import each other more than 100 deep"},
	}
	for _, tt := range tests {
		o := options()
		o.Read = func(path string) ([]byte, error) {
			next := path + "x"
			if len(path) == 30 {
				next = "end"
			}
			if path == "end" {
				return []byte("[]"), nil
			}
			return fmt.Appendf(nil, tt.file, next), nil
		}
		_, ds := playbook.Parse("p.yml", []byte(tt.book), o)
		if !slices.ContainsFunc(ds, func(d diag.Diagnostic) bool { return d.Summary == tt.want }) {
			t.Errorf("%s: got %d mistakes, the first is %s", tt.file, len(ds), ds[:1].Error())
		}
	}
}

func FuzzParse(f *testing.F) {
	fixtures, _ := filepath.Glob("testdata/mistakes/*.yml")
	for _, file := range fixtures {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src))
	}
	f.Add("- images: all\n  vars_files: [b.yml]\n  roles: [r]\n  tasks: [{import_tasks: t.yml}, {import_role: {name: r}}]\n- import_playbook: p.yml")
	f.Fuzz(func(t *testing.T, src string) {
		o := options()
		o.Read = func(path string) ([]byte, error) {
			if len(path) > 30 {
				return nil, fs.ErrNotExist
			}
			return []byte(src), nil
		}
		book, ds := playbook.Parse("p", []byte(src), o)
		for _, d := range ds {
			if d.Pos.File == "" || d.Summary == "" {
				t.Errorf("a mistake without place or words: %+v", d)
			}
		}
		if ds == nil && len(book.Plays) == 0 {
			t.Errorf("no plays in %q, and nobody was told", src)
		}
	})
}
