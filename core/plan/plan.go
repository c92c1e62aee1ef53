// Package plan turns an inventory and playbooks into what a run will do: the
// [Family] of images with their order, and plays whose images can be chosen
// and whose templates are known to be sound.
//
// Edges between images come from what each image's strategy answers; no
// Dockerfile is read here. Everything that can be known before a run is checked
// when a [Plan] is made, so that the engine meets only what depends on the run.
package plan

import (
	"maps"
	"slices"
	"time"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Schedule says in which order the steps of a play run.
type Schedule string

// The schedules.
const (
	DAG    Schedule = "dag"    // a step waits for its image's previous task and for the same task on every parent
	Linear Schedule = "linear" // a task is finished on all images before the next one starts
	Free   Schedule = "free"   // images advance alone, whatever they stand on
)

// A Plan is what a run will do.
type Plan struct {
	Family *Family
	Plays  []*Play
	Groups map[string][]string // computed groups as far as they are known before the run
}

// A Play is a play of a playbook, bound to an inventory.
type Play struct {
	Index    int // through the whole run
	Name     string
	Tasks    []*playbook.Task
	Schedule Schedule

	inv        *inventory.Inventory
	family     *Family
	pattern    inventory.Pattern
	limit      *inventory.Pattern
	allowEmpty bool
	vars       document.Node
	pos        diag.Pos
	run        RunInfo
}

// RunInfo is what templates see as .run.
type RunInfo struct {
	ID      string
	Started time.Time
	Dir     string
	Check   bool
	Secrets vars.Secrets // what tasks may ask for by name; nothing of it is in .run
}

// Options narrow a plan.
type Options struct {
	Limit    string   // -l
	Tags     []string // -t
	SkipTags []string
	Groups   map[string][]string // computed groups: what git says has changed
	Run      RunInfo
}

// New binds playbooks to an inventory.
func New(inv *inventory.Inventory, family *Family, books []*playbook.Playbook, o Options) (*Plan, diag.List) {
	found := playbook.CheckTags(slices.Concat(o.Tags, o.SkipTags), playbook.Tags(books))
	limit, ds := limitOf(o.Limit)
	found.Add(ds...)
	p := &Plan{Family: family, Groups: o.Groups}
	var registered []string
	for _, b := range books {
		for _, play := range b.Plays {
			bound, ds := bind(inv, family, play, o)
			found.Add(ds...)
			found.Add(bound.checkTemplates(registered)...)
			registered = append(registered, bound.registers()...)
			bound.Index, bound.limit = len(p.Plays), limit
			p.Plays = append(p.Plays, bound)
		}
	}
	if found.Err() == nil {
		found.Add(p.checkSelection()...)
	}
	return p, found
}

// limitOf reads -l, which stands in no file.
func limitOf(text string) (*inventory.Pattern, diag.List) {
	if text == "" {
		return nil, nil
	}
	p, ds := inventory.ParsePattern(text, diag.Pos{})
	return &p, ds
}

func bind(inv *inventory.Inventory, family *Family, play *playbook.Play, o Options) (*Play, diag.List) {
	p := &Play{
		Name: play.Name, Schedule: Schedule(play.Schedule.Text()), inv: inv, family: family,
		allowEmpty: play.AllowEmpty, vars: play.Vars, pos: play.Images.Pos(), run: o.Run,
	}
	if p.Schedule == "" {
		p.Schedule = DAG
	}
	var found diag.List
	p.pattern, found = inventory.ParsePattern(play.Images.Text(), play.Images.Pos())
	for _, t := range play.Tasks {
		if t.Selected(o.Tags, o.SkipTags) {
			p.Tasks = append(p.Tasks, t)
		}
	}
	return p, found
}

// checkSelection evaluates every pattern once, with the computed groups empty,
// so that a mistyped one is told before anything runs; and refuses a plan that
// would do nothing at all.
func (p *Plan) checkSelection() diag.List {
	var found diag.List
	chosen, tasks, computed := 0, 0, false
	for _, play := range p.Plays {
		images, ds := play.Select(p.Groups)
		found.Add(ds...)
		chosen += len(images)
		tasks += len(play.Tasks)
		computed = computed || len(play.Possible()) > 0
	}
	switch {
	case found.Err() != nil:
	case tasks == 0:
		found.Add(diag.Diagnostic{Code: "nothing-selected", Summary: "no task is left by the tags that were asked for"}.WithFix("ask for other tags with -t"))
	case chosen == 0 && !computed:
		found.Add(diag.Diagnostic{Code: "nothing-selected", Summary: "no image is left by the patterns of the plays and by --limit"}.WithFix("choose images that the plays are for with -l"))
	}
	return found
}

// Select returns the images of the play in the order of the family, given the
// groups that the run has worked out so far.
func (p *Play) Select(computed map[string][]string) ([]*inventory.Image, diag.List) {
	images, found := p.inv.Select(p.pattern, p.family, computed, p.allowEmpty)
	if p.limit != nil {
		limited, ds := p.inv.Select(*p.limit, p.family, computed, false)
		found.Add(ds...)
		kept := make(map[*inventory.Image]bool, len(limited))
		for _, m := range limited {
			kept[m] = true
		}
		images = slices.DeleteFunc(images, func(m *inventory.Image) bool { return !kept[m] })
	}
	slices.SortFunc(images, func(a, b *inventory.Image) int { return p.family.rank[a.Name] - p.family.rank[b.Name] })
	return images, found
}

// Possible returns every image that the play may turn out to be for.
func (p *Play) Possible() []*inventory.Image {
	full := map[string][]string{}
	for _, g := range inventory.ComputedGroups() {
		full[g] = p.inv.Names()
	}
	some, _ := p.Select(full)
	return some
}

// Data returns what the templates of a task see for an image.
func (p *Play) Data(image *inventory.Image, t *playbook.Task, registered map[string]any) vars.Data {
	d := p.inv.Data(image)
	scope := d.Scope.Clone()
	scope.DefineAll(p.vars, vars.Play, p.Name)
	for _, layer := range t.Vars {
		scope.DefineAll(layer.Values, layer.Level, layer.Source)
	}
	d.Scope, d.Now, d.Secrets = scope, p.run.Started, p.run.Secrets
	roots := map[string]any{
		"play": map[string]any{"name": p.Name},
		"run":  map[string]any{"id": p.run.ID, "started": p.run.Started, "dir": p.run.Dir, "check": p.run.Check},
	}
	maps.Copy(roots, registered)
	return d.With(roots)
}

// registers returns the names that the play's tasks register.
func (p *Play) registers() []string {
	var names []string
	for _, t := range p.Tasks {
		if t.Register != "" {
			names = append(names, t.Register)
		}
	}
	return names
}

// checkTemplates looks at every template of the play as each of its images
// would. What earlier tasks and plays register is known only during the run,
// what later ones register never.
func (p *Play) checkTemplates(later []string) diag.List {
	var found diag.List
	for _, e := range p.vars.Entries() {
		found.Add(vars.CheckName(e.Key)...)
	}
	for _, t := range p.Tasks {
		for _, image := range p.Possible() {
			found.Add(p.checkTask(t, image, later)...)
		}
		if t.Register != "" {
			later = append(slices.Clone(later), t.Register)
		}
	}
	return found.Sorted()
}

func (p *Play) checkTask(t *playbook.Task, image *inventory.Image, later []string) diag.List {
	data := p.Data(image, t, nil)
	found := data.Check(t.Args, later)
	for _, w := range t.When {
		found.Add(data.CheckExpression(w, later)...)
	}
	return found
}
