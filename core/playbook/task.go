package playbook

import (
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
	Name   string        // may hold templates; by default the name of the action
	Naming document.Node // the name and its place, which is the task's when none was written
	Pos    diag.Pos

	Action    string
	ActionPos diag.Pos
	Args      document.Node // the defaults of the play included; absent when there are none
	Defines   []string      // variables that the action defines for later tasks
	Result    *vars.Shape   // what is known of what one step registers; nil: nothing
	Text      *Text         // the file that the action expands; nil: none
	// Expressions are those of Args that are expressions without braces.
	Expressions []document.Node
	Meta        Meta
	Block       *Block

	Keywords
}

// Title is how a task is called in lists and banners: "role : name", or its
// name alone.
func (t *Task) Title() string {
	if t.Role == "" {
		return t.Name
	}
	return t.Role + " : " + t.Name
}

// aTask is what only a task with an action may say, its action apart.
type aTask struct {
	Name        document.Node `yaml:"name"`
	Register    document.Node `yaml:"register"`
	ChangedWhen conditions    `yaml:"changed_when"`
	FailedWhen  conditions    `yaml:"failed_when"`
}

// aHandler is what only a handler may say.
type aHandler struct {
	Listen names `yaml:"listen"`
}

// tasks reads a list of tasks. Imports are put in their places.
func (r *reader) tasks(n document.Node, at place) []*Task {
	items := r.items(n, "tasks")
	if !r.grow(n, len(items)) {
		return nil
	}
	var all []*Task
	for _, item := range items {
		all = append(all, r.task(item, at)...)
	}
	return all
}

// task reads one task, which is several when it imports some.
func (r *reader) task(n document.Node, at place) []*Task {
	if n.Kind() != document.Mapping {
		r.add(diag.Errorf("wrong-type", n.Pos(), "want a task, found %s", n.Describe()).WithFix("write - name: …, and an action below it"))
		return nil
	}
	act, ok := r.act(n, at)
	if !ok {
		return nil
	}
	switch act.Key.Text() {
	case "block", "rescue", "always":
		return r.block(n, at)
	case "import_tasks":
		return r.importTasks(n, act, at)
	case "import_role":
		return r.importRole(n, act, at)
	case "meta":
		return []*Task{r.meta(n, act, at)}
	default:
		return []*Task{r.action(n, act, at)}
	}
}

// act finds the one entry of a task that says what it does.
func (r *reader) act(n document.Node, at place) (document.Entry, bool) {
	var acts []document.Entry
	for _, e := range n.Entries() {
		key := e.Key.Text()
		if _, known := r.options.Actions[key]; known || slices.Contains(statements(), key) {
			acts = append(acts, e)
		}
	}
	if len(acts) == 0 {
		r.noAction(n, at)
		return document.Entry{}, false
	}
	if other := second(acts); other != nil {
		r.add(diag.Errorf("two-actions", other.Key.Pos(), "the task has two actions, %q and %q", acts[0].Key.Text(), other.Key.Text()).
			WithDetail("The first one is at %s.", acts[0].Key.Pos()).WithFix("make two tasks of it"))
		return acts[0], false
	}
	return acts[0], true
}

// statements are what a task can do without an action.
func statements() []string {
	return []string{"block", "rescue", "always", "import_tasks", "import_role", "meta"}
}

// second returns an action that has no place beside the first. The parts of a
// block belong together.
func second(acts []document.Entry) *document.Entry {
	part := func(e document.Entry) bool { return slices.Contains(statements()[:3], e.Key.Text()) }
	for _, e := range acts[1:] {
		if !part(e) || !part(acts[0]) {
			return &e
		}
	}
	return nil
}

// noAction tells what a task without an action may have meant: the action is
// the key that is not known.
func (r *reader) noAction(n document.Node, at place) {
	known := slices.Concat(r.options.Actions.names(), statements(), keysOfTask(at))
	before := len(r.found)
	for _, e := range n.Entries() {
		if !slices.Contains(known, e.Key.Text()) {
			r.add(unknownAct(e.Key, known))
		}
	}
	if len(r.found) == before {
		r.add(diag.Errorf("no-action", n.Pos(), "the task has no action").WithFix("the actions are %s", strings.Join(r.options.Actions.names(), ", ")))
	}
}

func keysOfTask(at place) []string {
	keys := slices.Concat(document.Keys(new(aTask)), document.Keys(new(anyKeywords)), document.Keys(new(taskKeywords)),
		document.Keys(new(looping)), document.Keys(new(retrying)))
	if at.handlers {
		keys = append(keys, document.Keys(new(aHandler))...)
	}
	return keys
}

// action reads a task with an action.
func (r *reader) action(n document.Node, act document.Entry, at place) *Task {
	var own aTask
	var every anyKeywords
	var task taskKeywords
	var loop looping
	var retry retrying
	var handler aHandler
	parts, what := []any{&own, &every, &task, &loop, &retry}, aTaskKind
	if at.handlers {
		parts, what = append(parts, &handler), aHandlerKind
	}
	r.fields(n, what, append(r.options.Actions.names(), statements()...), parts...)
	t := &Task{Pos: n.Pos(), Action: act.Key.Text(), ActionPos: act.Key.Pos()}
	t.Result, t.Text = r.options.Actions[t.Action].Result, r.options.Actions[t.Action].Text
	r.name(t, own.Name, t.Action)
	t.Keywords = at.keywords.with(every).withTask(task).withVars(vars.Task, every.Vars.Node, t.Name)
	t.ChangedWhen, t.FailedWhen, t.Listen = own.ChangedWhen, own.FailedWhen, handler.Listen.texts()
	t.Loop, t.Retry = r.loop(loop, at), r.retry(retry)
	r.register(t, own.Register)
	r.notify(task.Notify)
	r.builder(t, every.On)
	r.arguments(t, act)
	r.judge(t, at)
	return t
}

// name gives a task its name.
func (r *reader) name(t *Task, n document.Node, otherwise string) {
	t.Name, t.Naming = otherwise, document.Of(otherwise, t.Pos)
	switch {
	case n.IsZero():
	case n.Kind() != document.Scalar:
		r.add(diag.Errorf("wrong-type", n.Pos(), "want text, found %s", n.Describe()))
	default:
		t.Name, t.Naming = n.Text(), n
	}
}

// register keeps the name that the result of a task has in templates.
func (r *reader) register(t *Task, n document.Node) {
	if n.Kind() == document.Absent {
		return
	}
	t.Register = n.Text()
	if n.Kind() != document.Scalar {
		r.add(diag.Errorf("wrong-type", n.Pos(), "want a name, found %s", n.Describe()))
		return
	}
	r.add(vars.CheckName(n)...)
}

// arguments takes those of the play's defaults that the task does not give
// itself, and has the action judge the whole.
func (r *reader) arguments(t *Task, act document.Entry) {
	if r.freeForm(t.Action, act.Value) {
		return
	}
	t.Args = r.play.defaults.under(t.Action, act.Value)
	action := r.options.Actions[t.Action]
	r.add(action.Check(t.Args)...)
	if action.Defines != nil {
		t.Defines = action.Defines(t.Args)
	}
	if action.Expressions != nil {
		t.Expressions = action.Expressions(t.Args)
	}
}
