package source

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"golang.org/x/sync/singleflight"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/secret"
	"github.com/slipway-build/slipway/core/source/git"
	"github.com/slipway-build/slipway/core/source/unpack"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Workspaces makes the workspaces of images that have sources, in a cache.
//
// A workspace is called after what is laid into it, so that the builds of two
// platforms, of two images and of two processes share one. It is laid beside
// its place and moved there as a whole. What a branch or a URL holds is asked
// once; whoever asks again stands on the same.
type Workspaces struct {
	Dir     string         // of the cache
	Mirrors *git.Mirrors   // of repositories
	Memo    *buildkey.Memo // nil: every file is read again
	Client  *http.Client   // nil: [http.DefaultClient]
	Offline bool           // nothing is asked: what was fetched last counts
	Limits  unpack.Limits  // of an archive

	// Secret reads a secret; nil when there are none.
	Secret func(context.Context, secret.Source) ([]byte, error)
	// Recall remembers an answer longer than a process does: a run that goes on
	// stands on what it began with. Nil asks.
	Recall func(question string, ask func() (string, error)) (string, error)

	mu     sync.Mutex
	done   map[string]func() (string, error)
	flight singleflight.Group
}

// An UnreachableError says that a source could not be asked, and is not in the
// cache either.
type UnreachableError struct {
	Source string // without credentials
	Err    error
}

// Error returns what was tried and what came of it.
func (e *UnreachableError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *UnreachableError) Unwrap() error { return e.Err }

// Images is what late layers need of images. References are those of layers.
type Images interface {
	// ID returns the image ID that a reference stands for.
	ID(reference string) string
	// Mount shows the files of an image.
	Mount(ctx context.Context, reference string) (root string, unmount func() error, err error)
	// Run runs the container of a bundle.
	Run(ctx context.Context, b Run) error
}

// A Run is a container that leaves a bundle.
type Run struct {
	Layer
	Out  string // the folder that stands at Layer.Path in the container
	Laid string // the folder that stands at Layer.Workspace, when that is asked for
}

// Ground returns the workspace of an image as far as it is known before
// anything is built: dir, its own folder, and over it every layer but the late
// ones. Without layers that is dir itself. Mistakes are a [diag.List] with
// places in image.yml; a source that cannot be reached is an
// [UnreachableError].
func (w *Workspaces) Ground(ctx context.Context, dir string, layers []Layer) (Workspace, error) {
	return w.make(ctx, dir, layers, nil)
}

// Whole returns the workspace as it is built: with all layers.
func (w *Workspaces) Whole(ctx context.Context, dir string, layers []Layer, images Images) (Workspace, error) {
	return w.make(ctx, dir, layers, images)
}

// make finds out what every layer is made of, and has the workspace of these.
// Late layers are left out while there are no images.
func (w *Workspaces) make(ctx context.Context, dir string, layers []Layer, images Images) (Workspace, error) {
	if len(layers) == 0 {
		return Workspace{Dir: dir}, nil
	}
	all := append([]Layer{{Kind: Directory, From: dir, To: ".", Path: ".", Pos: diag.Pos{File: dir}}}, layers...)
	var out Workspace
	var mistakes diag.List
	for _, l := range all {
		s := stratum{Layer: l}
		err := w.find(ctx, &s, out.strata, images)
		if ds := diag.Of(err); ds != nil {
			mistakes.Add(ds...)
		} else if err != nil {
			return out, err
		}
		if s.fact != nil {
			out.Sources = append(out.Sources, *s.fact)
		}
		out.Warnings.Add(s.warnings...)
		out.strata = append(out.strata, s)
	}
	if err := mistakes.Err(); err != nil {
		return out, err
	}
	address := address(out.strata)
	at, err, _ := w.flight.Do(address, func() (any, error) { return w.lay(ctx, address, out.strata) })
	if laid, ok := at.(sealed); ok {
		out.Dir, out.owners = laid.dir, laid.Owners
	}
	return out, err
}

// A stratum is a layer of which it is known what it is made of.
type stratum struct {
	Layer
	identity string // of what it lays and where; "": nothing yet
	fill     func(ctx context.Context, p places) error
	fact     *buildkey.Source
	warnings diag.List
}

// places are the folders that a stratum is filled with the help of.
type places struct {
	to      string // empty: what is written here is laid
	scratch string // empty: what is written here is not
	laid    string // what was laid before
}

// find finds out what a layer is made of.
func (w *Workspaces) find(ctx context.Context, s *stratum, below []stratum, images Images) error {
	switch s.Kind {
	case Git:
		return w.repository(ctx, s)
	case Archive:
		return w.archive(ctx, s)
	case Dockerfile:
		s.inline()
		return nil
	case Directory:
		return w.directory(ctx, s)
	default:
		s.late(below, images)
		return nil
	}
}

// ask asks a question about the outside once, and keeps what was said, be it
// that nothing could be found out. A run that goes on keeps it, too.
func (w *Workspaces) ask(question string, ask func() (string, error)) (string, error) {
	return w.once(question, func() (string, error) {
		if w.Recall == nil {
			return ask()
		}
		return w.Recall(question, ask)
	})
}

// once does something once in this process, and keeps what came of it.
func (w *Workspaces) once(what string, do func() (string, error)) (string, error) {
	w.mu.Lock()
	if w.done == nil {
		w.done = map[string]func() (string, error){}
	}
	if w.done[what] == nil {
		w.done[what] = sync.OnceValues(do)
	}
	done := w.done[what]
	w.mu.Unlock()
	return done()
}

// token reads what opens the server of a layer.
func (w *Workspaces) token(ctx context.Context, l Layer) (string, error) {
	if l.Secret == nil || w.Secret == nil {
		return "", nil
	}
	value, err := w.Secret(ctx, *l.Secret)
	return string(value), err
}

// mistake places what is wrong with a source.
func (l Layer) mistake(what error) error {
	d := diag.Errorf("bad-source", l.Pos, "%s: %v", l.Name(), what)
	if m, ok := errors.AsType[*git.MissingError](what); ok {
		d.Fix = m.Fix
	}
	return diag.List{d}
}
