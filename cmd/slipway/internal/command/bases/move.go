package bases

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/bases"
)

// Moves are what `slipway bases lock` and `update` did. Their form is part of
// the command line's contract.
type Moves struct {
	Bases []Move `json:"bases"` // those that moved, by reference; dropped ones last
}

// A Move is a pin that was put, moved or dropped.
type Move struct {
	Reference string   `json:"reference"`
	Old       string   `json:"old"`      // digest; "" when it was not pinned
	New       string   `json:"new"`      // digest; "" when it is no longer pinned
	Affected  []string `json:"affected"` // images that are built from it, parents first
}

// pin puts references to what they name now, drops what nothing uses, and
// writes the lock when it has changed.
func (s *survey) pin(ctx context.Context, a *app.App, format string, refs []string) error {
	digests, err := s.now(ctx, refs)
	if err != nil {
		return err
	}
	answer, at := Moves{Bases: []Move{}}, time.Now().UTC().Truncate(time.Second)
	for i, ref := range refs {
		old, _ := s.lock.Find(ref)
		if old.Digest != digests[i] {
			s.lock.Set(bases.Pin{Reference: ref, Digest: digests[i], Time: at})
			answer.Bases = append(answer.Bases, Move{ref, old.Digest, digests[i], s.affected(ref)})
		}
	}
	for _, gone := range s.lock.Keep(s.refs) {
		answer.Bases = append(answer.Bases, Move{gone.Reference, gone.Digest, "", []string{}})
	}
	if len(answer.Bases) == 0 {
		fmt.Fprintln(a.Streams.Err, bases.File+" stays as it is")
		return a.Answer(format, answer, answer.text)
	}
	if err := s.lock.Write(s.file()); err != nil {
		return err
	}
	return a.Answer(format, answer, answer.text)
}

// text writes old and new below each other, so that their difference meets the
// eye.
func (m Moves) text(w io.Writer) error {
	for _, b := range m.Bases {
		fmt.Fprintln(w, b.Reference)
		if b.Old != "" {
			fmt.Fprintf(w, "  was %s\n", b.Old)
		}
		if b.New == "" {
			fmt.Fprintln(w, "  dropped, for nothing uses it")
			continue
		}
		if _, err := fmt.Fprintf(w, "  now %s\n  affects %s\n", b.New, strings.Join(b.Affected, ", ")); err != nil {
			return err
		}
	}
	return nil
}
