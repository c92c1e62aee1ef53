package plan

import (
	"maps"

	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/core/vars"
)

// Seen is what the templates of a step see beside what a plan knows. The zero
// Seen is that of the first step of a run.
type Seen struct {
	Registered   map[string]any      // results of tasks, by the names they are kept under
	Set          map[string]any      // variables that tasks defined; a result of the same name wins
	Loop         map[string]any      // what the loops around name: item, index, loop, or as loop_control calls them
	FailedTask   map[string]any      // inside rescue and always: what failed
	FailedResult map[string]any      // and what it came to
	Groups       map[string][]string // computed groups so far

	// Facts returns facts of the image by their names. Nil: they are not known
	// before the run, or not to this template.
	Facts func(names []string) (map[string]any, error)
}

// Data returns what the templates of a task see for an image. Results and
// variables of tasks are seen as they are: a template in a value that came from
// outside is text. A variable of -e wins over them.
func (p *Play) Data(image *inventory.Image, t *playbook.Task, seen Seen) vars.Data {
	d := p.base(image, t.Vars)
	d.Late = &vars.Late{Root: "image", Member: "facts", Ask: seen.Facts}
	if about, ok := d.Roots["image"].(map[string]any); ok {
		about["facts"] = p.facts
	}
	if len(seen.Groups) > 0 {
		d.Roots["groups"] = p.withGroups(seen.Groups)
	}
	for _, values := range []map[string]any{seen.Set, seen.Registered} {
		for name, value := range values {
			if def, ok := d.Scope.Winner(name); !ok || def.Level < vars.Extra {
				d.Roots[name] = value
			}
		}
	}
	maps.Copy(d.Roots, seen.Loop)
	if seen.FailedTask != nil {
		d.Roots["failed_task"], d.Roots["failed_result"] = seen.FailedTask, seen.FailedResult
	}
	return d
}

// runRoots returns what is the same for all images of the play.
func (p *Play) runRoots() map[string]any {
	p.groups = map[string]any{}
	for _, name := range inventory.ComputedGroups() {
		p.groups[name] = []string{}
	}
	for _, name := range p.inv.Groups() {
		p.groups[name], _ = p.inv.Group(name)
	}
	return map[string]any{
		"play":   map[string]any{"name": p.Name},
		"groups": p.groups,
		"run": map[string]any{
			"id": p.run.ID, "started": p.run.Started, "dir": p.run.Dir, "check": p.run.Check, "diff": p.run.Diff,
		},
	}
}

// withGroups returns .groups with what the run has worked out.
func (p *Play) withGroups(computed map[string][]string) map[string]any {
	groups := maps.Clone(p.groups)
	for name, images := range computed {
		groups[name] = images
	}
	return groups
}
