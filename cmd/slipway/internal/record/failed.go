package record

import (
	"encoding/json"
	"slices"

	"github.com/slipway-build/slipway/core/ledger"
)

// LastFailed names the images that failed or were blocked in the run that was at
// work last and came to its first task, but for the current one; nil when there
// is no such run.
func LastFailed(l *ledger.Ledger, current string) ([]string, error) {
	runs, err := l.Runs()
	if err != nil {
		return nil, err
	}
	runs = slices.DeleteFunc(runs, func(r ledger.Summary) bool { return !r.Planned || r.ID == current })
	if len(runs) == 0 {
		return nil, nil
	}
	last := slices.MaxFunc(runs, func(a, b ledger.Summary) int { return a.Last.Compare(b.Last) })
	entries, err := l.Read(last.ID)
	return failed(entries), err
}

// failed names the images that a run left in failure.
func failed(entries []ledger.Entry) []string {
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
	for at, is := range bad {
		if is {
			images = append(images, at.image)
		}
	}
	slices.Sort(images)
	return slices.Compact(images)
}
