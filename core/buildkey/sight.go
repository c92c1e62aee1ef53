package buildkey

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"time"

	"github.com/slipway-build/slipway/sdk/strategy"
)

// A Sight is what a workspace looked like to whoever answered a question about
// it. Equal prints are equal sights.
type Sight struct {
	Print Key
	// Newest is when the last change was made that could have changed the print.
	// A sight taken soon after a question may be that of another answer.
	Newest time.Time
}

// Before reports whether the sight was the same at a time before it was taken:
// nothing was done to it since, as far as the clocks of file systems tell.
func (s Sight) Before(at time.Time) bool { return s.Newest.Before(at.Add(-racy)) }

// Look takes the sight of what reads select, with all that is in it, and of what
// inputs select, without: only paths, kinds and links count of that. Both are as
// for [Read]. memo may be nil.
func Look(ctx context.Context, workspace string, reads, inputs []strategy.Input, memo *Memo) (Sight, error) {
	root, err := os.OpenRoot(workspace)
	if err != nil {
		return Sight{}, fmt.Errorf("opening workspace: %w", err)
	}
	defer root.Close()
	r := &reader{root: root, found: map[string]File{}}
	if err := r.all(ctx, inputs); err != nil {
		return Sight{}, err
	}
	listed := maps.Clone(r.found)
	clear(r.found)
	r.hashes = nil
	if err := r.all(ctx, reads); err != nil {
		return Sight{}, err
	}
	if err := r.hash(ctx, memo); err != nil {
		return Sight{}, err
	}
	e := encoder{sha256.New()}
	for _, files := range []map[string]File{listed, r.found} {
		e.rows(rows(sortedFiles(files), func(x File) []string { return []string{x.Path, x.Mode, x.Link, x.Digest} }))
	}
	return Sight{Print: e.key(), Newest: r.newest}, nil
}
