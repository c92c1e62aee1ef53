package plan

import (
	"slices"

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

// A Play is a play of a playbook, bound to an inventory.
type Play struct {
	Index    int    // through the whole run
	Book     string // the file that was asked for, which may import the play
	Number   int    // in that file, from 1
	Name     string
	Schedule Schedule
	Sections []Section // those that have tasks, in their order
	Handlers []*playbook.Task
	Written  *playbook.Play

	inv        *inventory.Inventory
	family     *Family
	pattern    inventory.Pattern
	limit      *inventory.Pattern
	allowEmpty bool
	only       []string // when not nil, the only images there are
	run        RunInfo
	facts      *vars.Shape
	leaves     []*playbook.Task
	roots      map[string]any  // what templates of every image see beside the image
	groups     map[string]any  // .groups before the run
	templates  *vars.Templates // of templates that are looked at without an image
}

// A Section is tasks after which notified handlers run.
type Section struct {
	Name  string // "pre_tasks", "tasks" or "post_tasks"
	Tasks []*playbook.Task
}

func bind(written *playbook.Play, inv *inventory.Inventory, family *Family, o Options) (*Play, diag.List) {
	p := &Play{
		Name: written.Name, Schedule: Schedule(written.Schedule.Text()), Handlers: written.Handlers, Written: written,
		inv: inv, family: family, run: o.Run, facts: o.Facts, only: o.Images,
		allowEmpty: written.AllowEmpty || o.AllowEmpty, templates: vars.NewTemplates(),
	}
	if p.Schedule == "" {
		p.Schedule = DAG
	}
	for _, s := range []Section{{"pre_tasks", written.PreTasks}, {"tasks", written.Tasks}, {"post_tasks", written.PostTasks}} {
		s.Tasks = playbook.Select(s.Tasks, o.Tags, o.SkipTags)
		if len(s.Tasks) > 0 {
			p.Sections = append(p.Sections, s)
		}
		p.leaves = slices.AppendSeq(p.leaves, playbook.Leaves(s.Tasks))
	}
	p.leaves = append(p.leaves, written.Handlers...)
	p.roots = p.runRoots()
	var found diag.List
	p.pattern, found = inventory.ReadPattern(written.Images)
	return p, found
}

// all returns the tasks of all sections as they stand, handlers last.
func (p *Play) all() []*playbook.Task {
	var all []*playbook.Task
	for _, s := range p.Sections {
		all = append(all, s.Tasks...)
	}
	return append(all, p.Handlers...)
}

// Leaves returns every task that is not a block, in the order in which they
// would run: of a block its tasks, then rescue, then always; handlers last.
func (p *Play) Leaves() []*playbook.Task { return p.leaves }

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
	if p.only != nil {
		images = slices.DeleteFunc(images, func(m *inventory.Image) bool { return !slices.Contains(p.only, m.Name) })
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
