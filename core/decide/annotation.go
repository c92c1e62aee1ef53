package decide

import (
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/registry"
)

// What a pushed build tells of itself stands in annotations of its manifest: a
// config must not tell it, for then equal builds would be different images.

// Annotations of the image specification that name the base of an image:
// https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md
const (
	annotationBaseName   = "org.opencontainers.image.base.name"
	annotationBaseDigest = "org.opencontainers.image.base.digest"
)

// Annotations of our own.
const (
	// annotationBaseID is the image ID of the base, by which the gate compares a
	// parent, whatever manifest it was pushed under.
	annotationBaseID = "build.slipway.base.id"
	// annotationImageID tells in an index which image a manifest is of, so that
	// who asks for the index need not ask for its manifests.
	annotationImageID = "build.slipway.image.id"
	// annotationFacts holds what went into a build, so that any machine can say
	// what changed since: JSON, compressed, in base64.
	annotationFacts = "build.slipway.facts"
)

// Annotations tell of a build what its config must not: what it stands on and,
// when they are known and not too many, the facts that went into it.
func (p Part) Annotations() (map[string]string, error) {
	b := p.Base
	out := map[string]string{annotationBaseName: b.Reference, annotationBaseDigest: b.Digest, annotationBaseID: b.ImageID}
	if p.Facts == nil {
		return out, nil
	}
	facts, err := packFacts(*p.Facts)
	if facts != "" {
		out[annotationFacts] = facts
	}
	return out, err
}

// handed are the annotations of a manifest that its entry in an index repeats.
func handed() []string {
	return []string{annotationBaseName, annotationBaseDigest, annotationBaseID}
}

// BaseOf reads what an image was built on from the annotations of its manifest,
// or of its entry in an index. Which image of the inventory that is, they do not
// tell.
func BaseOf(m registry.Manifest) Base {
	return Base{Reference: m.Annotations[annotationBaseName], Digest: m.Annotations[annotationBaseDigest], ImageID: m.Annotations[annotationBaseID]}
}

// baseOf reads the same of an image of the inventory, with the one that it is.
func (d *Decider) baseOf(image *inventory.Image, m registry.Manifest) Base {
	b := BaseOf(m)
	b.Image = d.Family.Node(image.Name).Parent(b.Reference)
	return b
}

// ImageIDOf returns the image ID that an index names for one of its images; "" when
// it tells none, as those of others do.
func ImageIDOf(c registry.Child) string { return c.Annotations[annotationImageID] }
