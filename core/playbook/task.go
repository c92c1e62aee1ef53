package playbook

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Task is one action for the images of a play.
type Task struct {
	Name      string
	Action    string
	ActionPos diag.Pos
	Args      document.Node   // absent when none were written
	Register  string          // the name its result is kept under; "" when it is not
	When      []document.Node // expressions that must all hold
	Vars      document.Node
	Tags      []string // its own and its play's
	Pos       diag.Pos
}

// aTask is a task as written, its action apart.
type aTask struct {
	Name     string        `yaml:"name"`
	Register document.Node `yaml:"register"`
	When     document.Node `yaml:"when"`
	Vars     document.Node `yaml:"vars"`
	Tags     document.Node `yaml:"tags"`
}

func readTask(n document.Node, index int, inherited []string, actions Actions) (*Task, diag.List) {
	task := &Task{Pos: n.Pos(), Tags: inherited}
	if n.Kind() != document.Mapping {
		return task, diag.List{diag.Errorf("wrong-type", n.Pos(), "want a task, found %s", n.Describe()).WithFix("write - name: …, and an action below it")}
	}
	var w aTask
	own := document.Keys(&w)
	var found diag.List
	var acts []document.Entry
	keep := map[string]bool{}
	for _, e := range n.Entries() {
		key := e.Key.Text()
		switch {
		case slices.Contains(own, key):
			keep[key] = true
		case actions[key] != nil:
			acts = append(acts, e)
		default:
			found.Add(document.UnknownKey(e.Key, append(slices.Sorted(maps.Keys(actions)), own...)))
		}
	}
	found.Add(document.Decode(document.Only(n, keep), &w)...)
	found.Add(task.take(w)...)
	found.Add(task.act(acts, n, actions, len(found) > 0)...)
	if task.Name == "" {
		task.Name = task.Action
	}
	if task.Name == "" {
		task.Name = fmt.Sprintf("task %d", index+1)
	}
	return task, found
}

// take checks and keeps what every task may say.
func (t *Task) take(w aTask) diag.List {
	var found diag.List
	t.Name, t.Register, t.Vars = w.Name, w.Register.Text(), w.Vars
	found.Add(checkVars(w.Vars)...)
	if !w.Register.IsZero() {
		found.Add(vars.CheckName(w.Register)...)
	}
	when, ds := conditions(w.When)
	found.Add(ds...)
	t.When = when
	tags, ds := words(w.Tags)
	found.Add(ds...)
	t.Tags = append(slices.Clone(t.Tags), tags...)
	return found
}

// conditions reads one condition or a list of them.
func conditions(n document.Node) ([]document.Node, diag.List) {
	if n.IsZero() {
		return nil, nil
	}
	all := []document.Node{n}
	if n.Kind() == document.Sequence {
		all = n.Items()
	}
	var found diag.List
	for _, c := range all {
		if c.Kind() != document.Scalar {
			found.Add(diag.Errorf("wrong-type", c.Pos(), "want a condition, found %s", c.Describe()).WithFix(`write an expression: eq .image.name "web"`))
		}
	}
	return all, found
}

// act finds the one action of a task.
func (t *Task) act(acts []document.Entry, n document.Node, actions Actions, spoilt bool) diag.List {
	switch len(acts) {
	case 0:
		if spoilt {
			return nil // the action is the key that was not known
		}
		return diag.List{diag.Errorf("no-action", n.Pos(), "the task has no action").
			WithFix("the actions are %s", strings.Join(slices.Sorted(maps.Keys(actions)), ", "))}
	case 1:
		t.Action, t.ActionPos, t.Args = acts[0].Key.Text(), acts[0].Key.Pos(), acts[0].Value
		return actions[t.Action](t.Args)
	default:
		return diag.List{diag.Errorf("two-actions", acts[1].Key.Pos(), "the task has two actions, %q and %q", acts[0].Key.Text(), acts[1].Key.Text()).
			WithDetail("The first one is at %s.", acts[0].Key.Pos()).WithFix("make two tasks of it")}
	}
}

// words reads one word, several with commas between them, or a list.
func words(n document.Node) ([]string, diag.List) {
	var out []string
	if n.Kind() != document.Scalar {
		ds := document.Decode(n, &out)
		return out, ds
	}
	for word := range strings.SplitSeq(n.Text(), ",") {
		if word = strings.TrimSpace(word); word != "" {
			out = append(out, word)
		}
	}
	return out, nil
}
