// Package plan turns an inventory and playbooks into what a run will do: the
// [Family] of images with their order, and plays whose images can be chosen
// and whose templates are known to be sound.
//
// Edges between images come from what each image's strategy answers; no
// Dockerfile is read here. Everything that can be known before a run is checked
// when a [Plan] is made, so that the engine meets only what depends on the run.
//
// Defaults: every task but those tagged "never" runs; the images of a play are
// in the order of the family, parents first; all of them are one wave.
package plan

import (
	"time"

	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Plan is what a run will do.
type Plan struct {
	Family *Family
	Plays  []*Play
	Groups map[string][]string // computed groups as far as they are known before the run
}

// RunInfo is what templates see as .run.
type RunInfo struct {
	ID      string
	Started time.Time
	Dir     string
	Check   bool
	Diff    bool
	Secrets vars.Secrets // what tasks may ask for by name; nothing of it is in .run
}

// Options narrow a plan.
type Options struct {
	Limit    string   // -l
	Tags     []string // -t
	SkipTags []string
	Groups   map[string][]string // computed groups: what git says has changed
	Images   []string            // the only images there are for the plan; nil: those of the inventory

	AllowEmpty bool // patterns that match nothing are no mistake
	Run        RunInfo
	Facts      *vars.Shape // of .image.facts
}

// New binds playbooks to an inventory. The diagnostics hold warnings as well;
// the Plan is good when they hold no error.
func New(inv *inventory.Inventory, family *Family, books []*playbook.Playbook, o Options) (*Plan, diag.List) {
	found := checkTags(playbook.Tags(books), o)
	found.Add(playbook.CheckVerdicts(books)...)
	limit, ds := limitOf(o.Limit)
	found.Add(ds...)
	p := &Plan{Family: family, Groups: o.Groups}
	for _, b := range books {
		for i, written := range b.Plays {
			play, ds := bind(written, inv, family, o)
			found.Add(ds...)
			play.Index, play.Book, play.Number, play.limit = len(p.Plays), b.File, i+1, limit
			p.Plays = append(p.Plays, play)
		}
	}
	found.Add(p.checkTemplates()...)
	if found.Err() == nil {
		found.Add(p.checkSelection(o.AllowEmpty)...)
	}
	return p, found
}

// checkTags refuses tags that are asked for in vain, and warns of those that
// are skipped in vain: nothing is missing then.
func checkTags(known []string, o Options) diag.List {
	found := playbook.CheckTags(o.Tags, known)
	for _, d := range playbook.CheckTags(o.SkipTags, known) {
		d.Severity = diag.Warning
		found.Add(d)
	}
	return found
}

// limitOf reads -l, which stands in no file.
func limitOf(text string) (*inventory.Pattern, diag.List) {
	if text == "" {
		return nil, nil
	}
	p, ds := inventory.ParsePattern(text, diag.Pos{})
	return &p, ds
}

// checkSelection evaluates every pattern once, with the computed groups empty,
// so that a mistyped one is told before anything runs; and refuses a plan that
// would do nothing at all.
func (p *Plan) checkSelection(allowEmpty bool) diag.List {
	var found diag.List
	chosen, tasks, computed := 0, 0, false
	for _, play := range p.Plays {
		images, ds := play.Select(p.Groups)
		found.Add(ds...)
		chosen += len(images)
		tasks += len(play.Leaves()) - len(play.Handlers)
		computed = computed || len(play.Possible()) > 0
	}
	switch {
	case found.Err() != nil:
	case tasks == 0:
		found.Add(diag.Diagnostic{Code: "nothing-selected", Summary: "no task is left by the tags that were asked for"}.WithFix("ask for other tags with -t"))
	case chosen == 0 && !computed && !allowEmpty:
		found.Add(diag.Diagnostic{Code: "nothing-selected", Summary: "no image is left by the patterns of the plays and by --limit"}.WithFix("choose images that the plays are for with -l"))
	}
	return found
}
