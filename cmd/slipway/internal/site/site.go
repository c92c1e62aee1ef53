// Package site reads a project: its inventory with the variables and programs
// that belong to it, what its images stand on, its playbooks, and what has changed
// in it since a revision of git.
//
// A [Reader] is made by each command for one invocation. It reads what -i and -e
// name, by default the folder inventory of the project, else the project's root,
// and keeps every file and every answer as it was read, so that a run can be
// resumed with what it began with.
package site

import (
	"context"
	"strings"
	"sync"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/core/source"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Reader reads the site of one invocation.
type Reader struct {
	App *app.App

	past       past     // the zero past: the site as it is
	playbooks  []string // whose folders count for variables
	books      inputs   // of playbooks
	inventory  inputs   // of the inventory and of variables
	workspaces func() (*source.Workspaces, error)
}

// New returns a Reader for an invocation. Nothing is read yet.
func New(a *app.App) *Reader {
	r := &Reader{App: a}
	r.workspaces = sync.OnceValues(r.openWorkspaces)
	return r
}

// Plays are those that are asked for.
type Plays struct {
	Playbooks []string
	AdHoc     []Task // of a command, instead of a playbook
	Pattern   string // the images of AdHoc
}

// A Site is everything that was read.
type Site struct {
	Inventory *inventory.Inventory
	Family    *plan.Family
	Books     []*playbook.Playbook
}

// Read reads everything that a run goes by. Mistakes of the inventory and of the
// playbooks are told together.
func (r *Reader) Read(ctx context.Context, asked Plays) (Site, error) {
	inv, family, err := r.Family(ctx, asked.Playbooks...)
	if err != nil && diag.Of(err) == nil {
		return Site{}, err
	}
	books, wrong := r.Books(asked)
	if err == nil && wrong == nil {
		return Site{inv, family, books}, nil
	}
	if wrong != nil && diag.Of(wrong) == nil {
		return Site{}, wrong
	}
	found := append(diag.Of(err), diag.Of(wrong)...)
	found.Add(r.Alone(books)...)
	return Site{}, found.Err()
}

// Family loads the inventory and relates its images. Warnings are shown; mistakes
// are the error.
func (r *Reader) Family(ctx context.Context, playbooks ...string) (*inventory.Inventory, *plan.Family, error) {
	if _, err := r.App.Plugins(); err != nil {
		return nil, nil, err
	}
	inv, found, err := r.Inventory(ctx, playbooks...)
	if err != nil {
		return nil, nil, err
	}
	family, ds, err := plan.Relate(ctx, inv.Images, r.Asker())
	if err != nil {
		return nil, nil, err
	}
	found.Add(ds...)
	if found.Err() == nil {
		ds, err := r.unbounded(ctx, inv)
		if err != nil {
			return nil, nil, err
		}
		found.Add(ds...)
	}
	return inv, family, r.App.Heed(found)
}

// Image returns the image that a command was asked about.
func Image(inv *inventory.Inventory, name string) (*inventory.Image, error) {
	if image := inv.Image(name); image != nil {
		return image, nil
	}
	d := diag.Errorf("unknown-image", diag.Pos{}, "there is no image %q", name)
	if members, ok := inv.Group(name); ok {
		return nil, d.WithFix("it is a group: name one of its images, %s", strings.Join(members, ", "))
	}
	if hint := diag.Suggest(name, inv.Names()); hint != "" {
		return nil, d.WithFix("%s", hint)
	}
	return nil, d.WithFix("the images are %s", strings.Join(inv.Names(), ", "))
}
