package preflight

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/site"
	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/core/smoke"
	"github.com/slipway-build/slipway/core/smoke/feature"
	"github.com/slipway-build/slipway/core/smoke/step"
	"github.com/slipway-build/slipway/core/smoke/vocabulary"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Proof is the features of a site and the sentences they may use. It is empty
// for a plan that proves nothing.
type Proof struct {
	Suite      *feature.Suite
	Vocabulary *step.Vocabulary
}

// Prove reads the features when a plan has a use for them, and tells all that
// would go wrong: before anything is built.
func Prove(r *site.Reader, s site.Site, p *plan.Plan) (Proof, error) {
	if !uses(p, "smoke") {
		return Proof{}, checkDeployments(r.App, p)
	}
	words, err := vocabulary.New()
	if err != nil {
		return Proof{}, err
	}
	suite, found, err := r.Features(s.Inventory)
	if err != nil {
		return Proof{}, err
	}
	proof := Proof{suite, words}
	if found.Err() == nil {
		found.Add(checkSmoke(s.Inventory, p, proof)...)
	}
	if err := checkDeployments(r.App, p); err != nil {
		found.Add(diag.Of(err)...)
	}
	return proof, r.App.Heed(found)
}

// uses reports whether a plan has a task with an action.
func uses(p *plan.Plan, action string) bool {
	return slices.ContainsFunc(p.Plays, func(play *plan.Play) bool {
		return slices.ContainsFunc(play.Leaves(), func(t *playbook.Task) bool { return t.Action == action })
	})
}

// checkSmoke looks at every scenario that a play will run, for each of the
// images it may run them for.
func checkSmoke(inv *inventory.Inventory, p *plan.Plan, proof Proof) diag.List {
	judge := &action.Smoke{Suite: proof.Suite, GroupsOf: inv.GroupsOf}
	var found diag.List
	for _, play := range p.Plays {
		for _, t := range play.Leaves() {
			if t.Action != "smoke" || strings.Contains(t.Args.Get("tags").Text(), "{{") {
				continue
			}
			for _, image := range play.Possible() {
				scenarios, ds := judge.Scenarios(image, t.Args)
				found.Add(ds...)
				if len(scenarios) == 0 && ds == nil {
					found.Add(noScenario(image, t))
					continue
				}
				found.Add(smoke.Check(scenarios, proof.Vocabulary)...)
				found.Add(unprovable(image, t, scenarios)...)
			}
		}
	}
	return found.Sorted()
}

func noScenario(image *inventory.Image, t *playbook.Task) diag.Diagnostic {
	why := "has no feature"
	if tags := t.Args.Get("tags").Text(); tags != "" {
		why = fmt.Sprintf("has no scenario that %q selects", tags)
	}
	return diag.Errorf("no-scenario", t.ActionPos, "%s %s, so nothing could prove it", image.Name, why).
		WithFix("write %s, or leave the image out of the play", filepath.Join("images", image.Name, "features", image.Name+".feature"))
}

// unprovable tells of a gate that no run of these scenarios can open.
func unprovable(image *inventory.Image, t *playbook.Task, scenarios []feature.Scenario) (found diag.List) {
	for _, why := range action.Policy(image).Lacks(scenarios) {
		found.Add(diag.Errorf("gate-lacks", t.ActionPos, "%s cannot be proved here: %s", image.Name, why).
			WithFix("write it, or have the gate of %s ask for less: slipway inventory show %s", image.Name, image.Name))
	}
	return found
}

// checkDeployments reads the compose files of a plan.
func checkDeployments(a *app.App, p *plan.Plan) error {
	root, err := a.Root()
	if err != nil {
		return err
	}
	judge := &action.Deploy{Root: root, Env: a.Variables()}
	var found diag.List
	for _, play := range p.Plays {
		for _, t := range play.Leaves() {
			if t.Action == "deploy" {
				_, ds := judge.Project(t.Args)
				found.Add(ds...)
			}
		}
	}
	return found.Err()
}
