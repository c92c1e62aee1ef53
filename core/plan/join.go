package plan

import (
	"slices"

	"github.com/slipway-build/slipway/core/buildkey"
)

// Join says what becomes of an image from what becomes of it for each of its
// platforms: the worst of it. tags are those that the image should have, when
// all of it is in its repository.
func Join(image string, rulings []Ruling, tags []WantedTag) Decision {
	d := Decision{Image: image, Fate: worst(rulings), Key: indexKey(rulings)}
	for _, r := range rulings {
		d.Reasons = append(d.Reasons, r.within(rulings)...)
		d.WaitsFor = append(d.WaitsFor, r.WaitsFor...)
	}
	if len(rulings) > 1 {
		d.Platforms, d.Reasons = rulings, dedupe(d.Reasons)
		slices.Sort(d.WaitsFor)
		d.WaitsFor = slices.Compact(d.WaitsFor)
	}
	if moved := misplaced(tags); d.Fate == Reuse && len(moved) > 0 {
		d.Fate, d.Reasons = Retag, moved
	}
	return d
}

// worst is the fate that most has to be done for. Where something has to be
// built for certain, the image is built, whatever else is open.
func worst(rulings []Ruling) Fate {
	for _, fate := range []Fate{Blocked, Build, Maybe} {
		if slices.ContainsFunc(rulings, func(r Ruling) bool { return r.Fate == fate }) {
			return fate
		}
	}
	return Reuse
}

// indexKey is the key of the image, once those of all platforms are known.
func indexKey(rulings []Ruling) buildkey.Key {
	if len(rulings) == 1 {
		return rulings[0].Key
	}
	keys := map[string]buildkey.Key{}
	for _, r := range rulings {
		if r.Key == "" {
			return ""
		}
		keys[r.Platform] = r.Key
	}
	return buildkey.Index(keys)
}

// within are the reasons of a ruling among those of all platforms: that there
// was never a build is a new platform where there is something of the others.
func (r Ruling) within(all []Ruling) []buildkey.Reason {
	first := func(r Ruling) bool {
		return slices.ContainsFunc(r.Reasons, func(one buildkey.Reason) bool { return one.Kind == BecauseFirst })
	}
	if !first(r) || !slices.ContainsFunc(all, func(other Ruling) bool { return !first(other) }) {
		return r.Reasons
	}
	return []buildkey.Reason{{Kind: BecausePlatform, What: r.Platform, New: r.Platform}}
}

// misplaced are the reasons to move tags.
func misplaced(tags []WantedTag) []buildkey.Reason {
	var out []buildkey.Reason
	for _, t := range tags {
		if t.Now != t.Want {
			out = append(out, buildkey.Reason{Kind: BecauseTag, What: t.Tag, Old: t.Now, New: t.Want})
		}
	}
	return out
}

// Rulings returns what becomes of each platform when that differs, for people.
func (d Decision) Rulings() []Ruling {
	if !slices.ContainsFunc(d.Platforms, func(r Ruling) bool { return r.Fate != d.Platforms[0].Fate }) {
		return nil
	}
	return d.Platforms
}
