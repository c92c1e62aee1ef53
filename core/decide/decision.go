package decide

import (
	"slices"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A Decision is what becomes of an image, with what it takes to carry it out.
type Decision struct {
	plan.Decision
	Rulings []Ruling // one for each platform
	Product Product  // with the image IDs of the builds that are known
	Trouble error    // why nothing could be decided; nil unless Blocked
}

// A Ruling is what becomes of an image for one platform, with what it takes to
// carry it out.
type Ruling struct {
	plan.Ruling
	Facts buildkey.Facts
	Bases []strategy.BaseImage
	Part  Part
}

// Known reports whether a build of the image's key is known, whether or not it
// may be used again.
func (d Decision) Known() bool { return d.Product.Known() }

// Pending is what stands for the image until it is finished: what is known of
// some platforms already, and nothing but what will become of the others.
func (d Decision) Pending() Product {
	p := Product{Key: d.Product.Key, Tags: d.Product.Tags, Foreseen: true}
	for _, r := range d.Rulings {
		if r.Fate != plan.Reuse {
			r.Part = Part{Platform: r.Platform, Key: r.Part.Key, Fate: r.Fate}
		}
		if d.Fate == plan.Blocked {
			r.Part = Part{Platform: r.Platform, Key: r.Part.Key, Fate: plan.Blocked}
		}
		p.Parts = append(p.Parts, r.Part)
	}
	return p
}

// Recorded is what is known of the image, with what went into it.
func (d Decision) Recorded() Product {
	p := d.Product
	p.Parts = slices.Clone(p.Parts)
	for i, r := range d.Rulings {
		p.Parts[i].Facts = &r.Facts
	}
	return p
}
