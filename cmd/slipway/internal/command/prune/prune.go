// Package prune implements `slipway prune`.
package prune

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/container/namespace"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/source"
)

// options are what is asked for.
type options struct {
	keep      int           // so many runs are kept, however old
	olderThan time.Duration // younger ones are kept, however many
	dryRun    bool
	images    bool // of the container storage, too
}

// An Answer is what was removed, or would be. Its form is part of the command
// line's contract.
type Answer struct {
	Runs   []ledger.Pruned `json:"runs"`
	Caches []string        `json:"caches"` // folders and files
	Images []Image         `json:"images"` // of the container storage
}

// New returns the command.
func New(a *app.App) *cobra.Command {
	var o options
	var format string
	cmd := &cobra.Command{
		Use:   "prune",
		Short: "Remove old runs, caches and images",
		Long: strings.TrimSpace(`
Remove the journals and logs of runs that are neither among the newest nor
younger than a time, and what strategies and sources keep in caches that nobody
has used since.
A run that is unfinished is never removed. Of a run that promoted the journal is
left, which history and rollback read.

With --images also the images and cached layers in the container storage that
were built or fetched before that time; all projects of the user share it. What
this project built last of each image stays, and what containers are made from.
What is needed again is fetched or built again. No registry is touched.`),
		Example: "  slipway prune --dry-run\n  slipway prune --keep 5 --older-than 168h --images",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			pruned, err := prune(cmd.Context(), a, o)
			if err != nil {
				return err
			}
			return a.Answer(format, pruned, func(w io.Writer) error { return text(w, o, pruned) })
		},
	}
	cmd.Flags().IntVar(&o.keep, "keep", 20, "so many `runs` are kept, however old")
	cmd.Flags().DurationVar(&o.olderThan, "older-than", 30*24*time.Hour, "runs that ended within this `time` are kept, however many, and images that came")
	cmd.Flags().BoolVar(&o.images, "images", false, "images of the container storage, too")
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "remove nothing, say what would be removed")
	a.Flags.BindStorage(cmd)
	app.FormatFlag(cmd, &format, "text", "json", "yaml")
	return cmd
}

// check judges what was asked for, and enters the namespace that images need.
func (o options) check() error {
	if o.keep < 0 || o.olderThan < 0 {
		return &app.UsageError{Err: errors.New("--keep and --older-than cannot be negative"), Command: "slipway prune"}
	}
	if o.images {
		return namespace.Enter()
	}
	return nil
}

// prune removes old runs, and caches of strategies and sources that nobody has
// used since.
func prune(ctx context.Context, a *app.App, o options) (Answer, error) {
	out := Answer{Runs: []ledger.Pruned{}, Caches: []string{}, Images: []Image{}}
	l, err := a.Ledger()
	if err != nil {
		return out, err
	}
	since := time.Now().Add(-o.olderThan)
	runs, err := l.Prune(ledger.Keep{Newest: o.keep, Since: since}, o.dryRun)
	if err != nil {
		return out, err
	}
	out.Runs = append(out.Runs, runs...)
	if busy, err := a.Busy(); err != nil || busy {
		return out, err // whoever is at work may use a cache
	}
	caches, err := oldCaches(a, since)
	if err != nil {
		return out, err
	}
	out.Caches = append(out.Caches, caches...)
	for _, dir := range caches {
		if !o.dryRun {
			err = errors.Join(err, source.Discard(dir))
		}
	}
	if err != nil || !o.images {
		return out, err
	}
	images, err := oldImages(ctx, a, l, since, o.dryRun)
	out.Images = append(out.Images, images...)
	return out, err
}

func text(w io.Writer, o options, p Answer) error {
	verb := "removed"
	if o.dryRun {
		verb = "would remove"
	}
	for _, r := range p.Runs {
		what := "run"
		if !r.Whole {
			what = "logs and inputs of run"
		}
		if _, err := fmt.Fprintln(w, verb, what, r.ID); err != nil {
			return err
		}
	}
	for _, dir := range p.Caches {
		if _, err := fmt.Fprintln(w, verb, "cache", dir); err != nil {
			return err
		}
	}
	for _, image := range p.Images {
		if _, err := fmt.Fprintln(w, verb, "image", image); err != nil {
			return err
		}
	}
	if len(p.Runs)+len(p.Caches)+len(p.Images) == 0 {
		_, err := fmt.Fprintln(w, "nothing to remove")
		return err
	}
	return nil
}
