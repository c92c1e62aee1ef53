package decide

import (
	"encoding/json"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/plan"
)

// Archive finds builds by what they made.
type Archive interface {
	Made(image, imageID string) (ledger.Build, bool, error)
}

// History tells from an archive what was different between two builds.
func History(a Archive) plan.History {
	return func(image, oldID, newID string) []buildkey.Reason {
		before, ok := factsOf(a, image, oldID)
		if !ok {
			return nil
		}
		after, ok := factsOf(a, image, newID)
		if !ok {
			return nil
		}
		return buildkey.Diff(before, after)
	}
}

func factsOf(a Archive, image, imageID string) (facts buildkey.Facts, ok bool) {
	b, ok, err := a.Made(image, imageID)
	return facts, err == nil && ok && json.Unmarshal(b.Facts, &facts) == nil
}
