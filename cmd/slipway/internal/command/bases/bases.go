// Package bases implements `slipway bases`: which images of others an inventory
// stands on, and what they are pinned to.
package bases

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/preview"
	"github.com/slipway-build/slipway/cmd/slipway/internal/site"
	"github.com/slipway-build/slipway/core/bases"
	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/registry/reference"
	"github.com/slipway-build/slipway/sdk/diag"
)

// New returns the command with its sub-commands.
func New(a *app.App) *cobra.Command {
	cmd := &cobra.Command{
		Use: "bases", Short: "Images of others that ours stand on, and what pins them",
		Long: "Images of others that the inventory stands on, copies from or builds in, and\nwhat they are pinned to by " + bases.File + ", beside the inventory's images.\nDockerfiles stay as they are. A reference that holds a digest needs no pin and\nis not told of.",
		Args: cobra.NoArgs,
	}
	cmd.AddCommand(newList(a), newLock(a), newUpdate(a))
	return cmd
}

// A survey is the inventory's references to images of others, and the lock.
type survey struct {
	preview *preview.Preview
	lock    bases.Lock
	refs    []string            // exact, sorted
	users   map[string][]string // reference → images that it goes into, parents first
}

func newSurvey(ctx context.Context, a *app.App) (*survey, error) {
	preview, err := preview.New(ctx, a)
	if err != nil {
		return nil, err
	}
	s := &survey{preview: preview, lock: preview.Decider.Bases.Pins, users: map[string][]string{}}
	for _, name := range preview.Family.Order {
		for _, written := range preview.Family.Node(name).External {
			r, err := reference.Parse(written)
			if exact := r.Tagged().Exact(); err == nil && r.Digest == "" && !slices.Contains(s.users[exact], name) {
				s.users[exact] = append(s.users[exact], name)
			}
		}
	}
	s.refs = slices.Sorted(maps.Keys(s.users))
	return s, nil
}

// affected are the images that a reference goes into and those built on them,
// parents first.
func (s *survey) affected(ref string) []string {
	set := map[string]bool{}
	for _, name := range s.users[ref] {
		set[name] = true
		for _, child := range s.preview.Family.Descendants(name, -1) {
			set[child] = true
		}
	}
	out := []string{}
	for _, name := range s.preview.Family.Order {
		if set[name] {
			out = append(out, name)
		}
	}
	return out
}

// askers is how many registries are asked at once; the client's limiter bounds
// them further.
const askers = 16

// now asks what references name now. No answer about one of them is an error:
// a lock is whole or as it was.
func (s *survey) now(ctx context.Context, refs []string) ([]string, error) {
	out := make([]string, len(refs))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(askers)
	for i, ref := range refs {
		g.Go(func() error {
			m, err := s.preview.Decider.Now(ctx, ref)
			out[i] = m.Digest
			return unanswered(ref, err)
		})
	}
	return out, g.Wait()
}

// unanswered says whether a reference is a mistake or was not answered for.
func unanswered(ref string, err error) error {
	if err == nil {
		return nil
	}
	problem := decide.BaseProblem(ref, diag.Pos{}, err)
	if _, away := errors.AsType[*engine.UnreachableError](problem); away || errors.Is(err, registry.ErrNotFound) {
		return problem
	}
	return &engine.UnreachableError{Err: problem}
}

// file is where the lock is.
func (s *survey) file() string { return filepath.Clean(site.PinsFile(s.preview.Inventory)) }
