package container

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/slipway-build/slipway/sdk/strategy"
)

// A Glance is what images a storage held a moment ago. It is read without
// opening the storage: no namespace is needed, no lock taken, nothing written.
type Glance struct{ ids map[string]struct{} }

// LookAt reads which images the storage in opts holds. A storage that does not
// exist holds none. The list is replaced as a whole whenever it changes, so what
// is read is always one state of it.
func LookAt(opts Options) (*Glance, error) {
	g := &Glance{ids: map[string]struct{}{}}
	for _, driver := range drivers(opts) {
		if err := g.read(filepath.Join(opts.Root, driver+"-images", "images.json")); err != nil {
			return nil, fmt.Errorf("looking into the storage in %s: %w", opts.Root, err)
		}
	}
	return g, nil
}

func (g *Glance) read(file string) error {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var images []struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(data, &images); err != nil {
		return fmt.Errorf("reading %s: %w", file, err)
	}
	for _, image := range images {
		g.ids[image.ID] = struct{}{}
	}
	return nil
}

// Has reports whether the storage held the image with that ID ("sha256:…").
func (g *Glance) Has(imageID string) bool {
	_, ok := g.ids[bareID(imageID)]
	return ok
}

// Storage answers nothing: nobody may build into what was only looked at.
func (*Glance) Storage() strategy.Storage { return strategy.Storage{} }
