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
	BecausePlatform = "platform" // What is a platform for which the image was never built, while it was for others
	BecauseTag      = "tag"      // the tag What should name New and names Old
	BecauseUnknown  = "unknown"  // What could not be found out; New says why
)

// A Decision is what becomes of one image, and why. Its JSON is part of the
// command line's contract.
type Decision struct {
	Image     string            `json:"name"`
	Fate      Fate              `json:"decision"`
	Key       buildkey.Key      `json:"key"` // "" while a parent is not finished; of several platforms that of their index
	Reasons   []buildkey.Reason `json:"reasons"`
	WaitsFor  []string          `json:"waits_for"`           // parents that are not finished
	Platforms []Ruling          `json:"platforms,omitempty"` // of an image of several platforms
}

// MarshalJSON writes lists that are empty as empty lists.
func (d Decision) MarshalJSON() ([]byte, error) {
	type plain Decision
	d.Reasons, d.WaitsFor = orEmpty(d.Reasons), orEmpty(d.WaitsFor)
	return json.Marshal(plain(d))
}

// A Ruling is what becomes of an image for one of its platforms, and why.
type Ruling struct {
	Platform string            `json:"platform"`
	Fate     Fate              `json:"decision"`
	Key      buildkey.Key      `json:"key"`
	Reasons  []buildkey.Reason `json:"reasons"`
	WaitsFor []string          `json:"waits_for"`
}

// MarshalJSON writes lists that are empty as empty lists.
func (r Ruling) MarshalJSON() ([]byte, error) {
	type plain Ruling
	r.Reasons, r.WaitsFor = orEmpty(r.Reasons), orEmpty(r.WaitsFor)
	return json.Marshal(plain(r))
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
