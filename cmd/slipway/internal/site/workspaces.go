package site

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/secret"
	"github.com/slipway-build/slipway/core/source"
	"github.com/slipway-build/slipway/core/source/git"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// Workspaces returns what lays the workspaces of images with sources.
func (r *Reader) Workspaces() (*source.Workspaces, error) { return r.workspaces() }

func (r *Reader) openWorkspaces() (*source.Workspaces, error) {
	dir, err := r.App.Cache(app.Sources)
	if err != nil {
		return nil, err
	}
	memo, err := r.App.Memo()
	if err != nil {
		return nil, err
	}
	return &source.Workspaces{
		Dir: dir, Memo: memo, Offline: r.App.Flags.Offline, Secret: r.secretOf, Recall: r.asked,
		Mirrors: &git.Mirrors{Dir: filepath.Join(dir, "git"), Env: git.Environment(r.App.Environ()), Offline: r.App.Flags.Offline},
	}, nil
}

// asked keeps what the outside answered with what a run goes by, so that a run
// that goes on stands on the same.
func (r *Reader) asked(question string, ask func() (string, error)) (string, error) {
	answer, err := r.inventory.recall(question, func() ([]byte, error) {
		text, err := ask()
		return []byte(text), err
	})
	return string(answer), err
}

// secretOf reads one secret, which is hidden from then on.
func (r *Reader) secretOf(ctx context.Context, s secret.Source) ([]byte, error) {
	vault, err := r.App.Vault()
	if err != nil {
		return nil, err
	}
	return vault.Value(ctx, s)
}

// sourced asks a strategy about an image that has sources: it sees the
// workspace as far as that is known, and what it says of files there is placed
// where they came from. The images that files are taken out of are parents like
// those that the strategy names.
func (r *Reader) sourced(ctx context.Context, image *inventory.Image, ask func(strategy.PlanRequest) (strategy.PlanResponse, error)) (strategy.PlanResponse, error) {
	late := strategy.PlanResponse{Images: source.Inputs(image.Layers)}
	spaces, err := r.workspaces()
	if err != nil {
		return late, err
	}
	space, err := spaces.Ground(ctx, image.Dir, image.Layers)
	if err != nil {
		late.Diagnostics, err = unlaid(image, err)
		return late, err
	}
	answer, err := ask(strategy.PlanRequest{Workspace: space.Dir, Later: source.Later(image.Layers)})
	for i, in := range answer.Images {
		if pos := space.Place(diag.Pos{File: in.File, Line: in.Line, Column: in.Column}); in.File != "" {
			answer.Images[i].File, answer.Images[i].Line, answer.Images[i].Column = pos.File, pos.Line, pos.Column
		}
	}
	for i, d := range answer.Diagnostics {
		answer.Diagnostics[i].Pos = space.Place(d.Pos)
	}
	answer.Images = slices.Concat(late.Images, answer.Images)
	answer.Diagnostics = slices.Concat(space.Warnings, answer.Diagnostics)
	return answer, err
}

// unlaid tells why there is no workspace. Of a source that cannot be reached
// nobody knows what the image is made from: that is a warning, for who only
// looks goes on, and who decides is told again.
func unlaid(image *inventory.Image, err error) (diag.List, error) {
	if away, ok := errors.AsType[*source.UnreachableError](err); ok {
		return diag.List{diag.Warningf("source-unreachable", image.SourcePos(away.Source), "%v", away).
			WithDetail("So nobody knows what %s is made from.", image.Name)}, nil
	}
	if ds := diag.Of(err); ds != nil {
		return ds, nil
	}
	return nil, err
}

// hidePasswords hides those that stand in URLs of sources, which would be shown
// with the lines of image.yml.
func (r *Reader) hidePasswords(inv *inventory.Inventory) {
	if inv == nil {
		return
	}
	for _, image := range inv.Images {
		for _, l := range image.Layers {
			r.App.Mask().Hide(l.Password())
		}
	}
}
