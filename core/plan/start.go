package plan

import (
	"path"
	"strings"

	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/sdk/diag"
)

// StartAt returns the task at which a run is to begin: the first whose name,
// with or without its role, is the one given or matches it as a glob. A run
// cannot begin in rescue or always of a block, nor at a handler.
func (p *Plan) StartAt(name string) (*playbook.Task, diag.List) {
	var known []string
	for _, play := range p.Plays {
		for _, s := range play.Sections {
			for t := range starts(s.Tasks) {
				if matches(name, t.Name) || matches(name, t.Title()) {
					return t, nil
				}
				known = append(known, t.Title())
			}
		}
	}
	d := diag.Diagnostic{Code: "unknown-task", Summary: "no task is called \"" + name + "\""}
	all := "the tasks are " + strings.Join(known, ", ")
	if hint := diag.Suggest(name, known); hint != "" {
		all = hint + " " + all
	}
	return nil, diag.List{d.WithFix("%s", all)}
}

// matches reports whether a name is the one given, or matches it as a glob. A
// slash is a letter like any other.
func matches(pattern, name string) bool {
	plain := strings.NewReplacer("/", "\x00")
	ok, err := path.Match(plain.Replace(pattern), plain.Replace(name))
	return pattern == name || err == nil && ok
}

// starts iterates over the tasks at which a run can begin.
func starts(tasks []*playbook.Task) func(func(*playbook.Task) bool) {
	return func(yield func(*playbook.Task) bool) { startsOf(tasks, yield) }
}

func startsOf(tasks []*playbook.Task, yield func(*playbook.Task) bool) bool {
	for _, t := range tasks {
		if t.Block == nil && !yield(t) || t.Block != nil && !startsOf(t.Block.Tasks, yield) {
			return false
		}
	}
	return true
}
