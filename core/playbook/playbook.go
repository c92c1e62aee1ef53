// Package playbook is plays and tasks as written: checked, not yet planned.
//
// The grammar is Ansible's, with Go templates: a playbook is a list of plays,
// a play chooses images and lists tasks, a task is one action with arguments.
// Everything that can be known from the text alone is checked here, and all
// mistakes are told at once: unknown keys, unknown actions, arguments that an
// action does not take. Which images a play chooses, and whether the variables
// of its templates exist, is the plan's to say.
package playbook

import (
	"errors"
	"io/fs"
	"os"
	"slices"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Actions are the actions that tasks may use: name → check of the arguments as
// written.
type Actions map[string]func(args document.Node) diag.List

// A Playbook is one file.
type Playbook struct {
	File  string
	Plays []*Play
}

// A Play is tasks for some images.
type Play struct {
	Name       string
	Images     document.Node // the pattern
	Vars       document.Node // a mapping, or absent
	Schedule   document.Node // "dag", "linear" or "free"; absent: "dag"
	AllowEmpty bool          // that the pattern matches nothing is fine
	Tags       []string
	Tasks      []*Task
	Pos        diag.Pos
}

// Load reads a playbook.
func Load(file string, actions Actions) (*Playbook, diag.List) {
	src, err := os.ReadFile(file) //nolint:gosec // the user's own playbook
	if err != nil {
		return nil, diag.List{diag.Errorf("no-playbook", diag.Pos{File: file}, "the playbook cannot be read: %s", cause(err)).WithFix("name a file with a list of plays")}
	}
	return Parse(file, src, actions)
}

// cause is what went wrong with a file, without its name: the place says that.
func cause(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err.Error()
	}
	return err.Error()
}

// Parse reads a playbook from its source.
func Parse(file string, src []byte, actions Actions) (*Playbook, diag.List) {
	root, found := document.Parse(file, src)
	if found.Err() != nil {
		return nil, found
	}
	if root.IsZero() {
		return nil, diag.List{diag.Errorf("empty-playbook", diag.Pos{File: file}, "the playbook is empty").WithFix("write a list of plays: - images: all")}
	}
	return Of(root, actions)
}

// Of reads a playbook from a document.
func Of(root document.Node, actions Actions) (*Playbook, diag.List) {
	if root.Kind() != document.Sequence {
		return nil, diag.List{diag.Errorf("wrong-type", root.Pos(), "a playbook is a list of plays, found %s", root.Describe()).WithFix("begin each play with a dash: - images: all")}
	}
	p := &Playbook{File: root.Pos().File}
	var found diag.List
	for _, n := range root.Items() {
		play, ds := readPlay(n, actions)
		found.Add(ds...)
		p.Plays = append(p.Plays, play)
	}
	if len(p.Plays) == 0 {
		found.Add(diag.Errorf("empty-playbook", root.Pos(), "the playbook has no plays").WithFix("write a list of plays: - images: all"))
	}
	return p, found
}

// aPlay is a play as written.
type aPlay struct {
	Name       string          `yaml:"name"`
	Images     document.Node   `yaml:"images"`
	Hosts      document.Node   `yaml:"hosts"` // Ansible's word for images
	Vars       document.Node   `yaml:"vars"`
	Schedule   document.Node   `yaml:"schedule"`
	AllowEmpty bool            `yaml:"allow_empty"`
	Tags       document.Node   `yaml:"tags"`
	Tasks      []document.Node `yaml:"tasks"`
}

func readPlay(n document.Node, actions Actions) (*Play, diag.List) {
	var w aPlay
	found := document.Decode(n, &w)
	if n.Kind() != document.Mapping {
		return &Play{Pos: n.Pos()}, found
	}
	play := &Play{Name: w.Name, Images: w.Images, Vars: w.Vars, Schedule: w.Schedule, AllowEmpty: w.AllowEmpty, Pos: n.Pos()}
	found.Add(play.takeImages(w)...)
	found.Add(checkVars(w.Vars)...)
	var ds diag.List
	play.Tags, ds = words(w.Tags)
	found.Add(ds...)
	if play.Name == "" {
		play.Name = play.Images.Text()
	}
	found.Add(checkSchedule(w.Schedule)...)
	if len(w.Tasks) == 0 {
		found.Add(diag.Errorf("no-tasks", n.Pos(), "the play has no tasks").WithFix("write tasks: with at least one task below it"))
	}
	for i, t := range w.Tasks {
		task, ds := readTask(t, i, play.Tags, actions)
		found.Add(ds...)
		play.Tasks = append(play.Tasks, task)
	}
	return play, found
}

// takeImages finds the pattern of a play.
func (p *Play) takeImages(w aPlay) diag.List {
	switch {
	case w.Images.IsZero() && w.Hosts.IsZero():
		return diag.List{diag.Errorf("missing-key", p.Pos, "the play does not say for which images it is").WithFix("write images: all, or another pattern")}
	case !w.Images.IsZero() && !w.Hosts.IsZero():
		return diag.List{diag.Errorf("two-patterns", w.Hosts.Pos(), "the play has images as well as hosts, which means the same").WithFix("keep images")}
	case w.Images.IsZero():
		p.Images = w.Hosts
	}
	if p.Images.Kind() != document.Scalar {
		return diag.List{diag.Errorf("wrong-type", p.Images.Pos(), "want a pattern, found %s", p.Images.Describe()).WithFix("write images: a,b")}
	}
	return nil
}

// checkVars judges the variables of a play or task.
func checkVars(n document.Node) diag.List {
	if !n.IsZero() && n.Kind() != document.Mapping {
		return diag.List{diag.Errorf("wrong-type", n.Pos(), "want a mapping of variables, found %s", n.Describe())}
	}
	var found diag.List
	for _, e := range n.Entries() {
		found.Add(vars.CheckName(e.Key)...)
	}
	return found
}

func checkSchedule(n document.Node) diag.List {
	known := []string{"dag", "linear", "free"}
	if n.IsZero() || slices.Contains(known, n.Text()) {
		return nil
	}
	d := diag.Errorf("bad-value", n.Pos(), "unknown schedule %q", n.Text())
	if hint := diag.Suggest(n.Text(), known); hint != "" {
		return diag.List{d.WithFix("%s", hint)}
	}
	return diag.List{d.WithFix("the schedules are dag, linear and free")}
}
