package playbook

import (
	"slices"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Block is tasks that stand and fall together, as in Ansible: when one of
// Tasks fails for an image, Rescue runs for it, and when that goes well the
// image has not failed; Always runs whatever happened.
type Block struct {
	Tasks  []*Task
	Rescue []*Task
	Always []*Task
}

// aBlock is what only a block may say.
type aBlock struct {
	Name   document.Node `yaml:"name"`
	Block  document.Node `yaml:"block"`
	Rescue document.Node `yaml:"rescue"`
	Always document.Node `yaml:"always"`
}

// block reads a block with the tasks in it.
func (r *reader) block(n document.Node, at place) []*Task {
	if at.handlers {
		r.add(diag.Errorf("no-block", n.Pos(), "a handler cannot be a block").WithFix("let each task of it be a handler, with listen: and one topic for all"))
		return nil
	}
	var own aBlock
	var every anyKeywords
	var task taskKeywords
	var loop looping
	r.fields(n, aBlockKind, nil, &own, &every, &task, &loop)
	t := &Task{Pos: n.Pos(), Block: new(Block)}
	r.name(t, own.Name, "block")
	r.checkParts(n, own)
	t.Keywords = at.keywords.with(every).withTask(task).withVars(vars.Block, every.Vars.Node, t.Name)
	t.Loop = r.loop(loop, at)
	r.notify(task.Notify)
	inner := at.inside(t.Keywords)
	if t.Loop != nil {
		inner.items, inner.looped = append(slices.Clip(inner.items), t.Loop.Var), true
	}
	t.Block.Tasks = r.tasks(own.Block, inner)
	t.Block.Rescue = r.tasks(own.Rescue, inner)
	t.Block.Always = r.tasks(own.Always, inner)
	return []*Task{t}
}

// checkParts refuses parts of a block that have nothing in them, and a rescue
// of nothing.
func (r *reader) checkParts(n document.Node, own aBlock) {
	for _, e := range n.Entries() {
		switch key := e.Key.Text(); key {
		case "block", "rescue", "always":
			if len(e.Value.Items()) == 0 && (e.Value.IsZero() || e.Value.Kind() == document.Sequence) {
				r.add(diag.Errorf("no-tasks", e.Key.Pos(), "%s has no tasks", key).WithFix("write a task below it, or take it out"))
			}
			if own.Block.Kind() == document.Absent {
				r.add(diag.Errorf("no-block", e.Key.Pos(), "%s stands without a block", key).WithFix("put the tasks that it is for below block:"))
			}
		}
	}
}
