package playbook

import (
	"slices"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Loop repeats a task, or a block, for every item of a list.
type Loop struct {
	Over      document.Node   // a list, or an expression that gives one
	Var       string          // the item's name in templates: "item"
	IndexVar  string          // the index's name in templates: "index"
	Label     document.Node   // what is shown of an item, may hold templates; absent: the item
	Pause     document.Node   // between items; see [Duration], may hold templates
	Extended  bool            // .loop: index, index0, first, last, length, previtem, nextitem, allitems
	BreakWhen []document.Node // expressions, looked at after every item
	Parallel  int             // items at once; 0 and 1: one after the other
}

// looping is what tasks and blocks may say of loops.
type looping struct {
	Loop    document.Node `yaml:"loop"`
	Control document.Node `yaml:"loop_control"`
}

// loopControl is what stands below loop_control.
type loopControl struct {
	LoopVar   document.Node `yaml:"loop_var"`
	IndexVar  document.Node `yaml:"index_var"`
	Label     document.Node `yaml:"label"`
	Pause     duration      `yaml:"pause"`
	Extended  bool          `yaml:"extended"`
	BreakWhen conditions    `yaml:"break_when"`
	Parallel  positive      `yaml:"parallel"`
}

// loop reads the loop of a task or block, nil when it has none.
func (r *reader) loop(w looping, at place) *Loop {
	if w.Loop.Kind() == document.Absent {
		if !w.Control.IsZero() {
			r.add(diag.Errorf("no-loop", w.Control.Pos(), "loop_control stands without a loop").WithFix("write loop: and a list, or take it out"))
		}
		return nil
	}
	switch w.Loop.Kind() {
	case document.Mapping:
		r.add(diag.Errorf("wrong-type", w.Loop.Pos(), "want a list, or an expression that gives one, found a mapping").
			WithFix("loop over its keys: keys .name | sortAlpha"))
	case document.Null:
		r.add(diag.Errorf("wrong-type", w.Loop.Pos(), "want a list, or an expression that gives one, found nothing"))
	default:
	}
	var c loopControl
	r.controls(w.Control, &c)
	l := &Loop{
		Over: w.Loop, Var: "item", IndexVar: "index", Label: c.Label, Pause: c.Pause.Node,
		Extended: c.Extended, BreakWhen: c.BreakWhen, Parallel: int(c.Parallel),
	}
	r.loopName(&l.Var, c.LoopVar, "item")
	r.loopName(&l.IndexVar, c.IndexVar, "index")
	if slices.Contains(at.items, l.Var) {
		r.add(diag.Errorf("loop-var", w.Loop.Pos(), "a loop around this one calls its item %q as well", l.Var).
			WithFix("give one of them another name with loop_control: {loop_var: …}"))
	}
	return l
}

func (r *reader) controls(n document.Node, c *loopControl) {
	if !n.IsZero() && n.Kind() != document.Mapping {
		r.add(diag.Errorf("wrong-type", n.Pos(), "want a mapping, found %s", n.Describe()))
		return
	}
	r.fields(n, aLoopControlKind, nil, c)
	if !c.Label.IsZero() && c.Label.Kind() != document.Scalar {
		r.add(diag.Errorf("wrong-type", c.Label.Pos(), "want text, found %s", c.Label.Describe()))
	}
}

// loopName keeps the name that a loop gives, which may be its usual one.
func (r *reader) loopName(into *string, n document.Node, usual string) {
	if n.IsZero() || n.Text() == usual {
		return
	}
	*into = n.Text()
	if n.Kind() != document.Scalar {
		r.add(diag.Errorf("wrong-type", n.Pos(), "want a name, found %s", n.Describe()))
		return
	}
	r.add(vars.CheckName(n)...)
}
