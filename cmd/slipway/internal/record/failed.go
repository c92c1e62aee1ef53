package record

import (
	"encoding/json"
	"slices"

	"github.com/slipway-build/slipway/core/ledger"
)

// Failed names the images that a run left in failure.
func Failed(entries []ledger.Entry) []string {
	type moment struct {
		image string
		at    ledger.Place
	}
	bad := map[moment]bool{}
	for _, e := range entries {
		if e.StepFinished == nil {
			continue
		}
		var r stepResult
		if json.Unmarshal(e.StepFinished.Result, &r) == nil {
			bad[moment{e.StepFinished.Image, e.StepFinished.At}] = !r.Outcome.Good() && !r.Rescued && !r.Ignored
		}
	}
	var images []string
	for at, failed := range bad {
		if failed {
			images = append(images, at.image)
		}
	}
	slices.Sort(images)
	return slices.Compact(images)
}
