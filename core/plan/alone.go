package plan

import (
	"maps"
	"slices"

	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// CheckAlone tells what is wrong with playbooks that cannot be bound to an
// inventory, because it could not be loaded or because they have other mistakes:
// patterns as they are written, verdicts that are argued away, and templates as
// far as they do not depend on an image. A name that nothing in sight defines
// may be the inventory's, and is no mistake. Playbooks may be nil.
func CheckAlone(books []*playbook.Playbook, secrets vars.Secrets) diag.List {
	books = slices.DeleteFunc(slices.Clone(books), func(b *playbook.Playbook) bool { return b == nil })
	found := playbook.CheckVerdicts(books)
	p := new(Plan)
	for _, b := range books {
		for _, written := range b.Plays {
			play, ds := bind(written, new(inventory.Inventory), nil, Options{Run: RunInfo{Secrets: secrets}})
			if !written.Images.IsZero() { // else that has been told
				found.Add(ds...)
			}
			delete(play.roots, "groups")
			p.Plays = append(p.Plays, play)
		}
	}
	s := p.scout()
	for _, play := range p.Plays {
		if questions := s.play(play); len(questions) > 0 {
			found.Add(play.askAbout(nil, questions)...)
		}
	}
	return found.Sorted()
}

// base returns what the templates of a task see of an image and of the
// inventory: nothing that is known when there is no image.
func (p *Play) base(image *inventory.Image, layers []playbook.VarsLayer) vars.Data {
	d := vars.Data{Roots: map[string]any{}, Templates: p.templates, Open: true}
	if image != nil {
		d = p.inv.Data(image)
	}
	d.Scope = p.scope(image, layers)
	d.Now, d.Secrets = p.run.Started, p.run.Secrets
	maps.Copy(d.Roots, p.roots)
	return d
}

// scope returns the variables that a task sees for an image, or for none.
func (p *Play) scope(image *inventory.Image, layers []playbook.VarsLayer) *vars.Scope {
	scope := new(vars.Scope)
	if image != nil {
		scope = image.Scope()
	}
	if len(p.Written.Vars)+len(layers) == 0 {
		return scope
	}
	scope = scope.Clone()
	for _, all := range [][]playbook.VarsLayer{p.Written.Vars, layers} {
		for _, layer := range all {
			scope.DefineAll(layer.Values, layer.Level, layer.Source)
		}
	}
	return scope
}
