package prune

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/report"
)

// An Image is one that was removed, or would be.
type Image struct {
	ID   string    `json:"image_id"` // "sha256:…"
	Size int64     `json:"size"`     // bytes, those that others share included
	Came time.Time `json:"came"`     // when it was built or fetched; zero for one without content
}

// String is the image in a line.
func (m Image) String() string {
	came := "without content"
	if !m.Came.IsZero() {
		came = m.Came.Local().Format(time.DateTime)
	}
	return fmt.Sprintf("%s  %s  %d bytes", report.ShortDigest(m.ID), came, m.Size)
}

// oldImages removes images of the storage that came before a time, but for what
// this project built last.
func oldImages(ctx context.Context, a *app.App, l *ledger.Ledger, since time.Time, dry bool) (out []Image, err error) {
	keep, err := lastBuilds(ctx, l)
	if err != nil {
		return nil, err
	}
	store, err := a.Store()
	if err != nil {
		return nil, err
	}
	old, err := store.Older(since)
	if err != nil {
		return nil, err
	}
	for _, image := range old {
		if keep[image.ID] {
			continue
		}
		if !dry {
			if err := store.Remove(image.ID); err != nil {
				return out, err
			}
		}
		out = append(out, Image{ID: image.ID, Size: image.Size, Came: image.Came})
	}
	return out, nil
}

// lastBuilds are the IDs of the newest builds of every image.
func lastBuilds(ctx context.Context, l *ledger.Ledger) (map[string]bool, error) {
	builds, err := l.Builds(ctx)
	if err != nil {
		return nil, err
	}
	newest, err := builds.Newest()
	keep := map[string]bool{}
	for _, b := range newest {
		keep[b.ImageID] = true
	}
	return keep, errors.Join(err, builds.Close())
}
