package engine

import (
	"slices"

	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/playbook"
)

// A program is a play laid out flat: blocks, rescues and handlers in the order
// in which an image would meet them, with where to go on when a step fails. An
// image's whole state is then the place it is at.
type program struct {
	places []place
	tasks  []int                  // places of tasks, of every kind; the index is the task's number in events
	at     map[*playbook.Task]int // where a task, or the block or loop it is in, begins
}

// The kinds of places.
type kind int

const (
	aTask   kind = iota // a task with an action
	aMeta               // a meta task
	aLoop               // a looped block: what stands before `to` runs for every item
	aJump               // the end of a block that has a rescue
	saved               // the end of a rescue: there is no failure any more
	settled             // the end of always and of a section: what failed goes on failing
)

// A place is one thing that an image meets.
type place struct {
	kind    kind
	task    *playbook.Task // of a task, a meta task and a loop
	number  int            // of the same: the task's index in events
	handler bool           // a task that runs only when it was notified
	always  bool           // a failure elsewhere does not keep it from running
	caught  bool           // a failure here is one that a rescue goes on from
	inside  bool           // of a looped block
	to      int            // where an image goes on that has nothing to do here
	fail    int            // where an image goes on that failed here
	drop    int            // the same, when no rescue is to have a part in it
}

// A label is a place that is not known yet: an index of compiler.labels.
type label int

// targets are what the tasks of one part of a play have in common.
type targets struct {
	fail, drop             label
	caught, inside, always bool
}

// A compiler lays out one play. Until the end, to, fail and drop of its places
// are labels.
type compiler struct {
	program
	labels   []int
	handlers []*playbook.Task
	rounds   int  // how often handlers are gone through, so that those notified by later ones run, too
	force    bool // failed images meet handlers, too
	outer    int  // where the looped block begins that the compiler is in, or -1
}

// compile lays out a play.
func compile(p *plan.Play, e *Engine) *program {
	c := &compiler{handlers: p.Handlers, force: e.ForceHandlers || p.Written.ForceHandlers, rounds: rounds(p.Handlers), outer: -1}
	c.at = map[*playbook.Task]int{}
	end := c.label()
	flushes := make([]label, len(p.Sections)+1)
	for i := range p.Sections {
		flushes[i] = c.label()
	}
	flushes[len(p.Sections)] = end
	for i, section := range p.Sections {
		lost := targets{fail: end, drop: end}
		if c.force {
			lost.fail, lost.drop = flushes[i], flushes[i]
		}
		c.all(section.Tasks, lost)
		c.set(flushes[i])
		c.flush(lost)
		next := end
		if c.force {
			next = flushes[i+1]
		}
		c.add(place{kind: settled, fail: int(next), drop: int(next)})
	}
	c.set(end)
	c.resolve()
	return &c.program
}

// rounds is how often a flush goes through the handlers: once more for every
// handler that notifies one before it.
func rounds(handlers []*playbook.Task) int {
	n := 1
	for i, h := range handlers {
		if slices.ContainsFunc(handlers[:i], func(before *playbook.Task) bool { return listens(before, h.Notify) }) {
			n++
		}
	}
	return n
}

// listens reports whether one of the names means a handler.
func listens(h *playbook.Task, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return name == h.Name || slices.Contains(h.Listen, name) })
}

func (c *compiler) label() label {
	c.labels = append(c.labels, -1)
	return label(len(c.labels) - 1)
}

// set has a label mean the place that comes next.
func (c *compiler) set(l label) { c.labels[l] = len(c.places) }

func (c *compiler) add(p place) int {
	c.places = append(c.places, p)
	return len(c.places) - 1
}

func (c *compiler) resolve() {
	for i := range c.places {
		p := &c.places[i]
		p.to, p.fail, p.drop = c.labels[p.to], c.labels[p.fail], c.labels[p.drop]
	}
}

func (c *compiler) all(tasks []*playbook.Task, t targets) {
	for _, task := range tasks {
		c.remember(task)
		switch {
		case task.Block != nil && task.Loop != nil:
			c.each(task, t)
		case task.Block != nil:
			c.block(task.Block, t)
		case task.Meta != "":
			c.meta(task, t)
		default:
			c.act(task, false, t)
		}
	}
}

// remember says where a task begins.
func (c *compiler) remember(task *playbook.Task) {
	if _, known := c.at[task]; known {
		return // a handler stands in several places
	}
	c.at[task] = len(c.places)
	if c.outer >= 0 {
		c.at[task] = c.outer
	}
}

func (c *compiler) act(task *playbook.Task, handler bool, t targets) {
	c.number(place{
		kind: aTask, task: task, handler: handler,
		always: t.always, caught: t.caught, inside: t.inside, fail: int(t.fail), drop: int(t.drop),
	})
}

// number adds a place that events can tell of.
func (c *compiler) number(p place) int {
	p.number = len(c.tasks)
	c.tasks = append(c.tasks, len(c.places))
	return c.add(p)
}

func (c *compiler) meta(task *playbook.Task, t targets) {
	steering := place{kind: aMeta, task: task, caught: t.caught, inside: t.inside, fail: int(t.fail), drop: int(t.drop)}
	switch task.Meta {
	case playbook.Noop:
	case playbook.FlushHandlers:
		after := c.label()
		steering.to = int(after)
		c.number(steering)
		c.flush(t)
		c.set(after)
	default:
		c.number(steering)
	}
}

// flush lays out the handlers. A failed image that meets handlers all the same
// meets all of them.
func (c *compiler) flush(t targets) {
	for range c.rounds {
		for _, h := range c.handlers {
			c.remember(h)
			next := c.label()
			one := t
			if c.force && !t.inside && !t.caught {
				one.fail, one.drop = next, next
			}
			if h.Meta == "" {
				c.act(h, true, one)
			}
			c.set(next)
		}
	}
}

// each lays out a looped block. What fails in it fails its item.
func (c *compiler) each(task *playbook.Task, t targets) {
	end := c.label()
	i := c.number(place{kind: aLoop, task: task, caught: t.caught, always: t.always, inside: t.inside, to: int(end), fail: int(t.fail), drop: int(t.drop)})
	outermost := c.outer < 0
	if outermost {
		c.outer = i
	}
	c.block(task.Block, targets{fail: end, drop: end, caught: t.caught, inside: true, always: t.always})
	if outermost {
		c.outer = -1
	}
	c.set(end)
}

func (c *compiler) block(b *playbook.Block, t targets) {
	rescue, always := c.label(), c.label()
	body := t
	if len(b.Always) > 0 {
		body.fail, body.drop = always, always
	}
	rest := body
	if len(b.Rescue) > 0 {
		body.fail, body.caught = rescue, true
	}
	c.all(b.Tasks, body)
	if len(b.Rescue) > 0 {
		c.add(place{kind: aJump, to: int(always)})
	}
	c.set(rescue)
	if len(b.Rescue) > 0 {
		c.all(b.Rescue, rest)
		c.add(place{kind: saved})
	}
	c.set(always)
	if len(b.Always) > 0 {
		last := t
		last.always = true
		c.all(b.Always, last)
		c.add(place{kind: settled, fail: int(t.fail), drop: int(t.drop)})
	}
}
