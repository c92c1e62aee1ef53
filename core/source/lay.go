package source

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/internal/filelock"
	"github.com/slipway-build/slipway/core/internal/wholefile"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A sealed workspace is one that was laid, with what is to be found in it.
type sealed struct {
	Files  string         // the hash of all files
	Owners map[string]int // path → the stratum that laid it, with all below that no other did

	dir string
}

// lay returns the workspace of that address, which is laid if it is not there
// or is not what was laid.
func (w *Workspaces) lay(ctx context.Context, address string, strata []stratum) (sealed, error) {
	above := filepath.Join(w.Dir, "workspaces")
	out, err := w.open(ctx, filepath.Join(above, address))
	if err == nil {
		return out, nil
	}
	if ctx.Err() != nil {
		return out, context.Cause(ctx)
	}
	if err := os.MkdirAll(above, 0o755); err != nil {
		return out, fmt.Errorf("making a workspace: %w", err)
	}
	lock, err := filelock.Wait(ctx, filepath.Join(above, address+".lock"))
	if err != nil {
		return out, fmt.Errorf("making a workspace: %w", err)
	}
	defer func() { _ = lock.Release() }()
	if out, err = w.open(ctx, filepath.Join(above, address)); err == nil {
		return out, nil // another process laid it meanwhile
	}
	tmp, remove, err := w.Aside()
	if err != nil {
		return out, fmt.Errorf("making a workspace: %w", err)
	}
	defer remove()
	m, err := merge(ctx, tmp, strata)
	if err != nil {
		return out, err
	}
	if err := w.seal(ctx, m, filepath.Join(above, address)); err != nil {
		return out, fmt.Errorf("making a workspace: %w", err)
	}
	return w.open(ctx, filepath.Join(above, address))
}

// Aside makes an empty folder in the cache, and returns what removes it again.
// What is left of one when slipway is killed, [Unused] finds.
func (w *Workspaces) Aside() (dir string, remove func(), err error) {
	above := filepath.Join(w.Dir, "workspaces")
	if err := os.MkdirAll(above, 0o755); err != nil {
		return "", nil, err
	}
	dir, err = os.MkdirTemp(above, ".new-")
	return dir, func() { _ = os.RemoveAll(dir) }, err
}

// open opens a workspace that is there. It is an error when it is not, or when
// somebody wrote into it.
func (w *Workspaces) open(ctx context.Context, dir string) (sealed, error) {
	out := sealed{dir: dir}
	raw, err := os.ReadFile(dir + ".json")
	if err != nil {
		return out, err
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		return out, fmt.Errorf("reading %s.json: %w", dir, err)
	}
	files, err := w.all(ctx, dir)
	if err != nil {
		return out, err
	}
	if hashOf(files) != out.Files {
		return out, fmt.Errorf("opening %s: somebody wrote into it", dir)
	}
	now := time.Now()
	return out, os.Chtimes(dir+".json", now, now) // who prunes goes by it
}

func (w *Workspaces) all(ctx context.Context, dir string) ([]buildkey.File, error) {
	return buildkey.Read(ctx, dir, []strategy.Input{{Path: "."}}, w.Memo)
}

// seal notes what was laid and moves it into its place, out of which what
// somebody spoilt is taken.
func (w *Workspaces) seal(ctx context.Context, m *merging, dir string) error {
	laid := filepath.Join(m.tmp, whole)
	files, err := w.all(ctx, laid)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(sealed{Files: hashOf(files), Owners: m.owners})
	if err != nil {
		return err
	}
	if err := wholefile.Write(dir+".json", raw, 0o644); err != nil {
		return err
	}
	if err := os.Rename(dir, filepath.Join(m.tmp, "spoilt")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return os.Rename(laid, dir)
}

// whole is where strata are put together, below the folder of a merging.
const whole = "whole"

// merge fills every stratum by itself and puts them together.
func merge(ctx context.Context, tmp string, strata []stratum) (*merging, error) {
	root, err := os.OpenRoot(tmp)
	if err != nil {
		return nil, fmt.Errorf("making a workspace: %w", err)
	}
	defer root.Close()
	m := &merging{tmp: tmp, root: root, strata: strata, owners: map[string]int{}}
	if err := mkdirs(root, whole); err != nil {
		return nil, fmt.Errorf("making a workspace: %w", err)
	}
	for i, s := range strata {
		if s.fill == nil {
			continue
		}
		if err := m.stratum(ctx, i); err != nil {
			return nil, err
		}
	}
	return m, m.conflicts.Err()
}

// stratum fills one stratum and lays it.
func (m *merging) stratum(ctx context.Context, i int) error {
	s, number := m.strata[i], strconv.Itoa(i)
	if s.Kind == Image { // its picks say themselves where they go
		s.To = "."
	}
	in := filepath.ToSlash(filepath.Join(number, "in"))
	to := filepath.ToSlash(filepath.Join(in, s.To))
	scratch := filepath.ToSlash(filepath.Join(number, "scratch"))
	if err := errors.Join(mkdirs(m.root, to), mkdirs(m.root, scratch)); err != nil {
		return fmt.Errorf("making a workspace: %w", err)
	}
	p := places{to: filepath.Join(m.tmp, to), scratch: filepath.Join(m.tmp, scratch), laid: filepath.Join(m.tmp, whole)}
	if err := s.fill(ctx, p); err != nil {
		return err
	}
	if err := m.join(i, in, "."); err != nil {
		return fmt.Errorf("laying %s: %w", s.Name(), err)
	}
	return nil
}
