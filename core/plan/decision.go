package plan

import (
	"encoding/json"

	"github.com/slipway-build/slipway/core/buildkey"
)

// A Fate is what becomes of an image.
type Fate string

// The fates.
const (
	Build   Fate = "build"   // its build is not known, or may not be used again
	Reuse   Fate = "reuse"   // its build is known
	Retag   Fate = "retag"   // its build is known, and a tag it should have names something else
	Maybe   Fate = "maybe"   // a parent is not finished; if that comes out as it was, there is nothing to do
	Blocked Fate = "blocked" // what must be known to decide could not be found out
)

// The kinds of reasons beside those of [buildkey.Diff].
const (
	BecauseFirst    = "first"    // no build of the image is known to compare with
	BecauseMissing  = "missing"  // nothing changed, but the build is gone; Old is its image ID
	BecauseVolatile = "volatile" // the build may come out differently each time; New says why
	BecauseParent   = "parent"   // What is a parent that is not finished; Old is the image ID it had
	BecauseTag      = "tag"      // the tag What should name New and names Old
	BecauseUnknown  = "unknown"  // What could not be found out; New says why
)

// A Decision is what becomes of one image, and why. Its JSON is part of the
// command line's contract.
type Decision struct {
	Image    string            `json:"name"`
	Fate     Fate              `json:"decision"`
	Key      buildkey.Key      `json:"key"` // "" while a parent is not finished
	Reasons  []buildkey.Reason `json:"reasons"`
	WaitsFor []string          `json:"waits_for"` // parents that are not finished
}

// MarshalJSON writes lists that are empty as empty lists.
func (d Decision) MarshalJSON() ([]byte, error) {
	type plain Decision
	if d.Reasons == nil {
		d.Reasons = []buildkey.Reason{}
	}
	if d.WaitsFor == nil {
		d.WaitsFor = []string{}
	}
	return json.Marshal(plain(d))
}
