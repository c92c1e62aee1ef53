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

// A Task is one thing to do for the images of a play: an action, a meta task
// that steers the run, or a block of tasks. Exactly one of Action, Meta and
// Block is set.
type Task struct {
	Name string // may hold templates; by default the name of the action
	Pos  diag.Pos

	Action    string
	ActionPos diag.Pos
	Args      document.Node // absent when none were written
	Meta      Meta
	Block     *Block

	Keywords
}

// A Meta task does nothing to an image: it steers the run.
type Meta string

// The meta tasks.
const (
	FlushHandlers Meta = "flush_handlers" // notified handlers run now
	EndPlay       Meta = "end_play"       // the play is over for all its images
	EndImage      Meta = "end_image"      // the play is over for this image
	Noop          Meta = "noop"
)

// A Block is tasks that stand and fall together, as in Ansible: when one of
// Tasks fails for an image, Rescue runs for it, and when that goes well the
// image has not failed; Always runs whatever happened.
type Block struct {
	Tasks  []*Task
	Rescue []*Task
	Always []*Task
}

// Keywords are what any task may say beside its action. Those marked
// "inherited" hold what the play, the roles, the imports and the blocks around
// the task say as well, the outermost first; tasks in a block need no look at
// the block for them.
type Keywords struct {
	Tags         []string        // inherited
	When         []document.Node // inherited; expressions that must all hold
	Vars         []VarsLayer     // inherited
	Environment  []document.Node // inherited; mappings, the later wins
	IgnoreErrors document.Node   // inherited: the innermost; true, false or a template; absent: false
	NoLog        bool            // inherited
	RunOnce      bool            // inherited; for the first image of the play, its result for all
	CheckMode    *bool           // inherited: the innermost; nil: as the run
	Diff         *bool           // inherited: the innermost; nil: as the run
	AnyErrors    *bool           // any_errors_fatal, inherited: the innermost; nil: as the play
	Throttle     int             // inherited: the innermost; steps of this task under way at once; 0: no bound
	Timeout      document.Node   // inherited: the innermost; a duration, may hold templates; of one attempt
	Notify       []string        // inherited; names or listened topics, resolved when the playbook is read
	Register     string          // the name its result is kept under; "" when it is not
	Loop         *Loop           // also on a block
	Retry        *Retry
	ChangedWhen  []document.Node // expressions, all must hold; empty: as the action says
	FailedWhen   []document.Node // expressions, all must hold; empty: as the action says
	Listen       []string        // of a handler: topics it answers to beside its name

	Role string // the role it comes from, "" for none
	Dir  string // the folder of the file it stands in: where its own files are looked for
}

// A VarsLayer is variables that a task sees beside those of its image.
type VarsLayer struct {
	Level  vars.Level    // RoleVars, Block or Task
	Values document.Node // a mapping
	Source string        // the name of the role, block or task
}

// A Loop repeats a task, or a block, for every item of a list.
type Loop struct {
	Over      document.Node   // a list, or an expression that gives one
	Var       string          // the item's name in templates: "item"
	IndexVar  string          // the index's name in templates: "index"
	Label     document.Node   // what is shown of an item, may hold templates; absent: the item
	Pause     document.Node   // a duration between items
	Extended  bool            // .loop: index, index0, first, last, length, previtem, nextitem, allitems
	BreakWhen []document.Node // expressions, looked at after every item
	Parallel  int             // items at once; 0 and 1: one after the other
	Pos       diag.Pos
}

// A Retry repeats a task until it is as wanted.
type Retry struct {
	Until   []document.Node // expressions over what the task registers, all must hold; empty: until it does not fail
	Retries document.Node   // a number, may hold templates; absent: 3. So many times after the first
	Delay   document.Node   // a duration, or a number of seconds, may hold templates; absent: 5s
	Backoff bool            // every delay is twice the one before, up to five minutes
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
	task := &Task{Pos: n.Pos(), Keywords: Keywords{Tags: inherited}}
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
	t.Name, t.Register = w.Name, w.Register.Text()
	if !w.Vars.IsZero() {
		t.Vars = append(t.Vars, VarsLayer{Level: vars.Task, Values: w.Vars, Source: w.Name})
	}
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
