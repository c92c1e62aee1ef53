package plan

import (
	"maps"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A scout walks through plays in the order of the run and notes which templates
// there are, and which names are known where.
type scout struct {
	known  vars.Later          // what tasks so far register or define
	makers map[string]diag.Pos // the first task that registers or defines a name
	asked  []question
}

// scout returns one that has not seen anything yet.
func (p *Plan) scout() *scout { return &scout{makers: p.makers(), known: vars.Later{}} }

// makers returns, by name, the first tasks that register or define it.
func (p *Plan) makers() map[string]diag.Pos {
	first := map[string]diag.Pos{}
	for _, play := range p.Plays {
		for _, t := range play.Leaves() {
			for _, name := range append(t.Defines, t.Register) {
				if _, known := first[name]; !known && name != "" {
					first[name] = t.Pos
				}
			}
		}
	}
	return first
}

// A spot is where a task stands, as far as names go.
type spot struct {
	loop   []string // what the loops around name
	failed bool     // in rescue or always
}

// names are those that the run knows at the spot alone.
func (at spot) names() []string {
	if at.failed {
		return slices.Concat(at.loop, []string{"failed_task", "failed_result"})
	}
	return at.loop
}

// play returns the questions of a play.
func (s *scout) play(p *Play) []question {
	s.asked = nil
	for _, section := range p.Sections {
		s.tasks(section.Tasks, spot{})
	}
	s.tasks(p.Handlers, spot{})
	s.variables(p)
	return s.asked
}

func (s *scout) tasks(tasks []*playbook.Task, at spot) {
	for _, t := range tasks {
		inner, before := s.loop(t, at), s.known
		if t.Block == nil {
			s.leaf(t, at, inner)
		} else {
			s.block(t.Block, inner)
		}
		if t.Loop != nil {
			s.conditions(t, inner, t.Loop.BreakWhen...)
			s.register(before, t.Register, registeredOfLoop(t))
		}
	}
}

func (s *scout) block(b *playbook.Block, at spot) {
	s.tasks(b.Tasks, at)
	at.failed = true
	s.tasks(b.Rescue, at)
	s.tasks(b.Always, at)
}

// loop asks about the list of a loop, and returns the spot inside of it.
func (s *scout) loop(t *playbook.Task, at spot) spot {
	l := t.Loop
	if l == nil {
		return at
	}
	s.add(s.question(t, at, vars.Data.CheckList, l.Over))
	s.texts(t, at, l.Pause)
	at.loop = append(slices.Clip(at.loop), l.Var, l.IndexVar)
	if l.Extended {
		at.loop = append(at.loop, "loop")
	}
	s.texts(t, at, l.Label)
	return at
}

// leaf asks about everything that a task says, at the time when it is read:
// before the loop, for every item, or when the result is there.
func (s *scout) leaf(t *playbook.Task, at, inner spot) {
	s.name(t, at)
	s.when(t, inner)
	s.arguments(t, inner)
	s.text(t, inner)
	s.conditions(t, inner, t.Expressions...)
	s.texts(t, inner, t.Environment...)
	s.texts(t, inner, t.IgnoreErrors, t.Timeout)
	if t.Retry != nil {
		s.texts(t, inner, t.Retry.Retries, t.Retry.Delay)
	}
	s.register(s.known, t.Register, registered(t))
	s.conditions(t, inner, t.ChangedWhen...)
	s.conditions(t, inner, t.FailedWhen...)
	if t.Retry != nil {
		s.conditions(t, inner, t.Retry.Until...)
	}
	for _, name := range t.Defines {
		s.register(s.known, name, nil)
	}
}

// name asks about the name of a task, which is shown before anything of the
// task is done.
func (s *scout) name(t *playbook.Task, at spot) {
	q := s.question(t, spot{loop: at.loop}, vars.Data.Check, t.Naming)
	q.without(s.makers, "names of tasks show no results")
	q.later, q.noFacts = vars.Later{}, "names of tasks are shown before anything is asked"
	for _, name := range at.loop {
		q.later[name] = nil
	}
	s.add(q)
}

// arguments asks about what an action is told. What a build is told may depend
// on no result: `slipway plan` knows none, and decides all the same.
func (s *scout) arguments(t *playbook.Task, at spot) {
	if t.Action != "build" {
		s.texts(t, at, t.Args)
		return
	}
	const why = "what is built depends on nothing that a run comes to: say it in the inventory, or with -e"
	q := s.question(t, at, vars.Data.Check, t.Args)
	q.without(s.makers, why)
	for name := range q.later {
		q.elsewhere[name] = why
	}
	q.later, q.noFacts = nil, why
	s.add(q)
}

// variables asks about all variables of the play and its tasks, also those
// that nobody uses. They are expanded where they are used, so any name that is
// known somewhere in the play will do.
func (s *scout) variables(p *Play) {
	anywhere := spot{failed: true}
	for t := range playbook.Walk(p.all()) {
		if t.Loop != nil {
			anywhere.loop = append(anywhere.loop, t.Loop.Var, t.Loop.IndexVar, "loop")
		}
	}
	asked := map[document.Node]bool{}
	for t := range playbook.Walk(p.all()) {
		for _, layer := range slices.Concat(p.Written.Vars, t.Vars) {
			if !asked[layer.Values] {
				asked[layer.Values] = true
				s.texts(t, anywhere, layer.Values)
			}
		}
	}
}

// texts asks about values with templates in braces; most have none.
func (s *scout) texts(t *playbook.Task, at spot, nodes ...document.Node) {
	for _, n := range nodes {
		if hasTemplate(n) {
			s.add(s.question(t, at, vars.Data.Check, n))
		}
	}
}

// conditions asks about expressions.
func (s *scout) conditions(t *playbook.Task, at spot, nodes ...document.Node) {
	for _, n := range nodes {
		s.add(s.question(t, at, vars.Data.CheckExpression, n))
	}
}

// when asks about the conditions of a task. What the first one is made of nobody
// has looked at before: it must be true or false, whatever it is.
func (s *scout) when(t *playbook.Task, at spot) {
	for i, n := range t.When {
		check := vars.Data.CheckExpression
		if i == 0 {
			check = vars.Data.CheckCondition
		}
		s.add(s.question(t, at, check, n))
	}
}

func (s *scout) add(q question) { s.asked = append(s.asked, q) }

func (s *scout) question(t *playbook.Task, at spot, check check, n document.Node) question {
	q := question{task: t, node: n, check: check, elsewhere: map[string]string{}}
	q.later = maps.Clone(s.known)
	for _, name := range at.names() {
		q.later[name] = nil
	}
	for name, pos := range s.makers {
		q.elsewhere[name] = "it is known after the task at " + pos.String()
	}
	for name, where := range map[string]string{
		"item": "inside of a loop", "index": "inside of a loop", "loop": "inside of a loop, with loop_control: {extended: true}",
		"failed_task": "in rescue and always of a block", "failed_result": "in rescue and always of a block",
	} {
		q.elsewhere[name] = "it exists " + where + " only"
	}
	return q
}

// without says of all that tasks come to why it may not be used.
func (q question) without(makers map[string]diag.Pos, why string) {
	for name := range makers {
		q.elsewhere[name] = why
	}
}

// hasTemplate reports whether there is a template anywhere in n.
func hasTemplate(n document.Node) bool {
	found := false
	_, _ = document.Map(n, func(leaf document.Node) (document.Node, diag.List) {
		found = found || strings.Contains(leaf.Text(), "{{")
		return leaf, nil
	})
	return found
}
