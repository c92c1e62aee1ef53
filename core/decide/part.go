package decide

import (
	"context"
	"slices"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A Part is an image for one platform: all there is of a plain image, and one of
// those that an index names.
type Part struct {
	Platform string
	Key      string
	ImageID  string             // "sha256:…"; "" until decided
	Local    bool               // the bytes are in local storage
	Manifest *registry.Manifest // in the image's own repository; nil until there; without Bytes when only an index told of it
	Base     Base               // what the final stage stands on
	Fate     plan.Fate          // while there is no ImageID: what will become of it
	Volatile bool               // another build of this key may be another image
	Facts    *buildkey.Facts    // what went into it, when made by this run or looked at
}

// location says where the bytes of a part are: local storage if there, else its
// repository, by digest.
func (p Part) location(s strategy.Storage) string {
	if p.Local {
		return s.Reference(p.ImageID)
	}
	if p.Manifest != nil {
		return "docker://" + p.Manifest.Reference()
	}
	return ""
}

// entry is a part as the index names it.
func (p Part) entry() registry.Child {
	m := p.Manifest
	c := registry.Child{Digest: m.Digest, MediaType: m.MediaType, Size: m.Size, Platform: p.Platform, Annotations: map[string]string{annotationImageID: p.ImageID}}
	for _, name := range handed() {
		if value := m.Annotations[name]; value != "" {
			c.Annotations[name] = value
		}
	}
	return c
}

// Index returns the index of all parts, which are in the repository. It is the
// same for the same manifests, wherever it is made.
func (p Product) Index(repository string) (registry.Manifest, error) {
	var children []registry.Child
	for _, one := range p.Parts {
		children = append(children, one.entry())
	}
	return registry.NewIndex(repository, children)
}

// Parts returns what a manifest of an image's repository is made of. What an
// index says of image IDs is believed as far as nothing is made of it: who pulls
// compares.
func (d *Decider) Parts(ctx context.Context, image *inventory.Image, m registry.Manifest) ([]Part, error) {
	if !m.IsIndex() {
		return []Part{d.part(image, only(image), m)}, nil
	}
	var out []Part
	for _, c := range m.Images() {
		child := m.Of(c)
		if child.ImageID = ImageIDOf(c); child.ImageID == "" {
			whole, err := d.Now(ctx, child.Reference())
			if err != nil {
				return nil, err
			}
			child = whole
		}
		out = append(out, d.part(image, c.Platform, child))
	}
	return out, nil
}

func (d *Decider) part(image *inventory.Image, platform string, m registry.Manifest) Part {
	return Part{Platform: platform, ImageID: m.ImageID, Local: d.Store.Has(m.ImageID), Manifest: &m, Base: d.baseOf(image, m)}
}

// only is the platform of an image that has one; "" when it has several, for then
// a plain manifest does not tell which it is.
func only(image *inventory.Image) string {
	if len(image.Platforms) != 1 {
		return ""
	}
	return image.Platforms[0]
}

// Whole returns the parts of an index of an image, and whether there is one for
// each of its platforms. An index that cannot be read is not whole: what is not
// is put again.
func (d *Decider) Whole(ctx context.Context, image *inventory.Image, index registry.Manifest) (parts []Part, ok bool) {
	parts, err := d.Parts(ctx, image, index)
	if err != nil {
		return nil, false
	}
	return parts, !slices.ContainsFunc(image.Platforms, func(wanted string) bool {
		one, there := Product{Parts: parts}.For(wanted)
		return !there || one.ImageID == ""
	})
}
