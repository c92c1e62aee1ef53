package app

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

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

// A proof is the features of a site and the sentences they may use.
type proof struct {
	suite      *feature.Suite
	vocabulary *step.Vocabulary
}

// loadProof reads every feature beside images and below features/.
func (a *App) loadProof(inv *inventory.Inventory) (proof, diag.List, error) {
	words, err := vocabulary.New()
	if err != nil {
		return proof{}, nil, err
	}
	var sources []feature.Source
	for _, image := range inv.Images {
		if dir := filepath.Join(image.Dir, "features"); exists(dir) {
			sources = append(sources, feature.Source{Path: dir, Image: image.Name})
		}
	}
	root, err := a.Root()
	if err != nil {
		return proof{}, nil, err
	}
	if dir := filepath.Join(root, "features"); exists(dir) {
		sources = append(sources, feature.Source{Path: dir, Skip: []string{"slipway"}})
	}
	suite, found := feature.Load(sources...)
	if found.Err() == nil {
		found.Add(suite.CheckBindings(inv.Names(), inv.Groups())...)
	}
	return proof{suite, words}, found, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// prove reads the features when a plan has a use for them, and tells all that
// would go wrong: before anything is built.
func (a *App) prove(s site, p *plan.Plan) (proof, error) {
	if !uses(p, "smoke") {
		return proof{}, a.checkDeployments(p)
	}
	proof, found, err := a.loadProof(s.inv)
	if err != nil {
		return proof, err
	}
	if found.Err() == nil {
		found.Add(a.checkSmoke(s, p, proof)...)
	}
	if err := a.checkDeployments(p); err != nil {
		found.Add(diag.Of(err)...)
	}
	return proof, a.Heed(found)
}

// uses reports whether a plan has a task with an action.
func uses(p *plan.Plan, action string) bool {
	return slices.ContainsFunc(p.Plays, func(play *plan.Play) bool {
		return slices.ContainsFunc(play.Leaves(), func(t *playbook.Task) bool { return t.Action == action })
	})
}

// checkSmoke looks at every scenario that a play will run, for each of the
// images it may run them for.
func (a *App) checkSmoke(s site, p *plan.Plan, proof proof) diag.List {
	judge := &action.Smoke{Suite: proof.suite, GroupsOf: s.inv.GroupsOf}
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
				found.Add(smoke.Check(scenarios, proof.vocabulary)...)
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

// checkDeployments reads the compose files of a plan.
func (a *App) checkDeployments(p *plan.Plan) error {
	root, err := a.Root()
	if err != nil {
		return err
	}
	judge := &action.Deploy{Root: root, Env: a.variables()}
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

// reports writes the reports that a smoke task asks for. A path that ends in a
// slash, or has no extension, is a folder with one file per image.
func (a *App) reports(root string) func(string, smoke.Record, action.ReportFiles) error {
	return func(image string, r smoke.Record, files action.ReportFiles) error {
		if err := writeReport(root, files.JUnit, image+".xml", r, smoke.WriteJUnit); err != nil {
			return err
		}
		return writeReport(root, files.Cucumber, image+".json", r, smoke.WriteCucumber)
	}
}
