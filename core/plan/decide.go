package plan

import (
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Known is all that is known of an image, for one platform, when it is decided.
type Known struct {
	Platform string
	Facts    buildkey.Facts // without the identities of parents in Open
	Key      buildkey.Key   // of Facts; "" while they are not complete
	Open     []Open         // parents that are not finished
	Trouble  []Trouble      // what could not be found out
	Volatile string         // why no build may be used again; "": one may
	Found    string         // image ID of the build with this key; "": there is none
	Last     *LastBuild     // nil: none is known
}

// Open is a parent whose image ID is not known yet.
type Open struct {
	Parent  string                 // its name
	Input   buildkey.ImageIdentity // how the image refers to it
	Blocked bool                   // nor will it be: the parent itself cannot be decided
}

// Trouble is something that could not be found out. What is not known is
// never taken for unchanged.
type Trouble struct {
	What string // a reference or URL
	Err  error
}

// words say why, without a place on this machine: other machines say the same.
func (t Trouble) words() string {
	var out []string
	for _, d := range diag.Of(t.Err) {
		text := d.Summary
		if d.Fix != "" {
			text += " (" + d.Fix + ")"
		}
		out = append(out, text)
	}
	if len(out) == 0 {
		return t.Err.Error()
	}
	return strings.Join(out, "; ")
}

// A WantedTag is a tag that an image should have.
type WantedTag struct{ Tag, Now, Want string } // digests; Now is "" when there is no such tag

// A LastBuild is a build to compare with.
type LastBuild struct {
	Facts   buildkey.Facts
	ImageID string
}

// Decide says what becomes of an image for one platform, and why. It is the only
// place where that is decided: up front for all images, with parents open, and
// again for each when its parents are finished.
func Decide(k Known) Ruling {
	d := Ruling{Platform: k.Platform, Key: k.Key, WaitsFor: k.parents()}
	switch {
	case len(k.Trouble) > 0 || slices.ContainsFunc(k.Open, func(o Open) bool { return o.Blocked }):
		d.Fate, d.Reasons = Blocked, k.unknown()
	case k.Volatile != "":
		d.Fate, d.Reasons = Build, []buildkey.Reason{{Kind: BecauseVolatile, New: k.Volatile}}
	case len(k.Open) > 0:
		d.Fate, d.Reasons = Maybe, slices.Concat(k.open(), k.changes())
	case k.Found == "":
		d.Fate, d.Reasons = Build, k.changes()
	default:
		d.Fate = Reuse
	}
	return d
}

// parents names the open parents, each once.
func (k *Known) parents() []string {
	var names []string
	for _, o := range k.Open {
		names = append(names, o.Parent)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// unknown tells what could not be found out, first what is the image's own.
func (k *Known) unknown() []buildkey.Reason {
	var out []buildkey.Reason
	for _, t := range k.Trouble {
		out = append(out, buildkey.Reason{Kind: BecauseUnknown, What: t.What, New: t.words()})
	}
	for _, o := range k.Open {
		if o.Blocked {
			out = append(out, buildkey.Reason{Kind: BecauseParent, What: o.Parent, Old: k.had(o.Input)})
		}
	}
	return dedupe(out)
}

// open tells of each parent that is not finished.
func (k *Known) open() []buildkey.Reason {
	var out []buildkey.Reason
	for _, o := range k.Open {
		out = append(out, buildkey.Reason{Kind: BecauseParent, What: o.Parent, Old: k.had(o.Input)})
	}
	return dedupe(out)
}

// had returns the identity that the last build knew for an input.
func (k *Known) had(in buildkey.ImageIdentity) string {
	if k.Last == nil {
		return ""
	}
	for _, i := range k.Last.Facts.Images {
		if i.String() == in.String() {
			return i.Identity
		}
	}
	return ""
}

// changes explains a build by the last one; open parents are left out, for
// nobody knows yet whether they change.
func (k *Known) changes() []buildkey.Reason {
	if k.Last == nil && len(k.Open) > 0 {
		return nil
	}
	if k.Last == nil {
		return []buildkey.Reason{{Kind: BecauseFirst}}
	}
	facts := k.Facts
	for _, o := range k.Open {
		if id := k.had(o.Input); id != "" {
			facts.Images = append(slices.Clone(facts.Images), o.Input.As(id))
		}
	}
	diff := buildkey.Diff(k.Last.Facts, facts)
	if len(diff) == 0 && len(k.Open) == 0 {
		return []buildkey.Reason{{Kind: BecauseMissing, Old: k.Last.ImageID}}
	}
	return diff
}

// dedupe drops a reason that was given before: a parent may be used twice.
func dedupe(in []buildkey.Reason) []buildkey.Reason {
	var out []buildkey.Reason
	for _, r := range in {
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}
