package source

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/buildkey"
)

// late is a layer of images: what it is told is part of the key from the
// beginning, its files come when there are images. A container that sees what
// was laid before depends on all of that, whatever the strategy selects of it.
func (s *stratum) late(below []stratum, images Images) {
	seen := ""
	if s.Workspace != "" {
		seen = ground(below)
	}
	s.fact = &buildkey.Source{Name: s.Name(), Version: s.told(seen)}
	if images == nil {
		return
	}
	s.called(images.ID(s.From), s.fact.Version)
	s.fill = func(ctx context.Context, p places) error {
		if s.Kind == Bundle {
			return s.bundle(ctx, images, p)
		}
		return s.extract(ctx, images, p.to)
	}
}

// ground names what is known before anything is built of some strata.
func ground(strata []stratum) string {
	return address(slices.DeleteFunc(slices.Clone(strata), func(s stratum) bool { return s.Late() }))
}

// told is what a late layer is told, for the key and for people.
func (l Layer) told(seen string) string {
	var b strings.Builder
	for _, p := range l.Picks {
		fmt.Fprintf(&b, "%s → %s, ", p.From, p.To)
	}
	if l.Kind == Bundle {
		words := map[string]any{"command": l.Command, "env": l.Env, "workspace": l.Workspace, "seen": seen}
		text, err := json.Marshal(words)
		if err != nil {
			panic("bug: " + err.Error())
		}
		fmt.Fprintf(&b, "%s → %s, %s, ", l.Path, l.To, text)
	}
	if l.Replace {
		b.WriteString("replacing, ")
	}
	return strings.TrimSuffix(b.String(), ", ")
}

// extract takes files out of an image.
func (s *stratum) extract(ctx context.Context, images Images, to string) error {
	root, unmount, err := images.Mount(ctx, s.From)
	if err != nil {
		return fmt.Errorf("mounting %s: %w", s.From, err)
	}
	return errors.Join(s.picked(ctx, root, to), unmount())
}

// picked copies what is picked; what goes into one folder is copied together,
// so that two paths that make one file are found.
func (s *stratum) picked(ctx context.Context, root, to string) error {
	into := map[string][]string{}
	var order []string
	for _, p := range s.Picks {
		if into[p.To] == nil {
			order = append(order, p.To)
		}
		into[p.To] = append(into[p.To], p.From)
	}
	for _, folder := range order {
		c := Copy{Root: root, Paths: into[folder], Dest: filepath.Join(to, filepath.FromSlash(folder))}
		if err := plainDir(to, folder); err != nil {
			return s.mistake(err)
		}
		if _, err := c.Run(ctx); err != nil {
			return s.mistake(err)
		}
	}
	return nil
}

// bundle runs a container and takes what it leaves.
func (s *stratum) bundle(ctx context.Context, images Images, p places) error {
	if err := images.Run(ctx, Run{Layer: s.Layer, Out: p.scratch, Laid: p.laid}); err != nil {
		return fmt.Errorf("running %s for a bundle: %w", s.From, err)
	}
	left, err := os.ReadDir(p.scratch)
	if err != nil {
		return err
	}
	if len(left) == 0 {
		return s.mistake(fmt.Errorf("its container left nothing in %s", s.Path))
	}
	c := Copy{Root: p.scratch, Paths: []string{"/"}, Dest: p.to}
	_, err = c.Run(ctx)
	return err
}
