package site

import (
	"os"
	"path/filepath"

	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/smoke/feature"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Features reads every feature beside images and below features/.
func (r *Reader) Features(inv *inventory.Inventory) (*feature.Suite, diag.List, error) {
	var sources []feature.Source
	for _, image := range inv.Images {
		if dir := filepath.Join(image.Dir, "features"); exists(dir) {
			sources = append(sources, feature.Source{Path: dir, Image: image.Name})
		}
	}
	root, err := r.App.Root()
	if err != nil {
		return nil, nil, err
	}
	if dir := filepath.Join(root, "features"); exists(dir) {
		sources = append(sources, feature.Source{Path: dir, Skip: []string{"slipway"}})
	}
	suite, found := feature.Load(sources...)
	if found.Err() == nil {
		found.Add(suite.CheckBindings(inv.Names(), inv.Groups())...)
	}
	return suite, found, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
