// Package plan implements `slipway plan`.
package plan

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/preview"
	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/plan"
)

// New returns the command.
func New(a *app.App) *cobra.Command {
	var format, since string
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Say what would be built, and why",
		Long: strings.TrimSpace(`
Say of every image what would become of it if it were built now:

  build    its build is not known, or may not be used again
  reuse    its build is known
  retag    its build is known, and a tag of image.yml names something else
  maybe    a parent has to be built first; if that comes out as it was, there
           is nothing to do
  blocked  a registry did not tell what must be known to decide

Of an image of several platforms the key is that of their index; what becomes of
each platform is shown where they differ.

Nothing is built, pulled or written but caches. The exit code is 4 when an image
is blocked. What is not known is never taken for unchanged.

For CI, --format github-matrix is a matrix in which images that depend on each
other share a job ("slipway push ${{ matrix.images }}"), and --format gitlab a
child pipeline in which the job of an image needs those of its parents. Both
hold only what has to be built, or may have to.`),
		Example: "  slipway plan -i inventory\n  slipway plan --since origin/main -l changed+ --format github-matrix\n  slipway plan -l base+ --format json | jq '.images[].decision'",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), a, format, since) },
	}
	a.Flags.BindInventory(cmd)
	a.Flags.BindLimit(cmd)
	a.Flags.BindStorage(cmd)
	a.Flags.BindOffline(cmd)
	cmd.Flags().StringVar(&since, "since", "", "a revision of git: the group changed is what the working tree builds otherwise")
	app.FormatFlag(cmd, &format, "text", "json", "yaml", "github-matrix", "gitlab")
	return cmd
}

// An Answer is what the command tells. Its form is part of the command line's
// contract.
type Answer struct {
	Images []plan.Decision `json:"images"` // every image after its parents
}

func run(ctx context.Context, a *app.App, format, since string) error {
	images, err := preview.New(ctx, a)
	if err != nil {
		return err
	}
	if err := images.Since(ctx, since); err != nil {
		return err
	}
	decisions, err := images.Decide(ctx, a.Flags.Limit)
	if err != nil {
		return err
	}
	answer := Answer{Images: []plan.Decision{}}
	for _, d := range decisions {
		answer.Images = append(answer.Images, d.Decision)
	}
	if err := answer.write(a, format, images.Family); err != nil {
		return err
	}
	if len(decisions) == 0 {
		fmt.Fprintln(a.Streams.Err, "no image is selected, so there is nothing to plan")
	}
	return preview.Undecided(decisions)
}

// write answers in a format. Those for CI hold only what has to be built, or may
// have to.
func (a Answer) write(to *app.App, format string, family *plan.Family) error {
	switch format {
	case "github-matrix":
		return a.github(to.Streams.Out, family)
	case "gitlab":
		return a.gitlab(to.Streams.Out, family, to.Flags)
	default:
		return to.Answer(format, a, a.text)
	}
}

// text writes a line for each image, and one for each of its platforms where they
// differ in what becomes of them.
func (a Answer) text(w io.Writer) error {
	width := 0
	for _, d := range a.Images {
		width = max(width, len(d.Image))
	}
	var b strings.Builder
	for _, d := range a.Images {
		line(&b, fmt.Sprintf("%-8s %-*s", d.Fate, width, d.Image), d.Key, d.Because())
		for _, r := range d.Rulings() {
			line(&b, fmt.Sprintf("  %-8s %s", r.Fate, r.Platform), r.Key, r.Because())
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// line is what becomes of one thing, its key and why.
func line(b *strings.Builder, what string, key buildkey.Key, why string) {
	short := "-"
	if key != "" {
		short = key.Short()
	}
	b.WriteString(strings.TrimRight(fmt.Sprintf("%s  %-12s  %s", what, short, why), " ") + "\n")
}
