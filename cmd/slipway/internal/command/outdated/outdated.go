// Package outdated implements `slipway outdated`.
package outdated

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/preview"
	"github.com/slipway-build/slipway/core/decide"
)

// New returns the command.
func New(a *app.App) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "outdated",
		Short: "List images whose bases have moved on since their last build",
		Long: strings.TrimSpace(`
List images that stand on, or copy from, somebody else's image whose tag names
another digest now than at their last build, or than the lock pins it to, and
all images that stand on them. Since when is the time at which the newer image
was created, when it says one, else the time at which slipway saw it first,
here. Nothing is built or pulled; what was seen is remembered, to tell that
time.`),
		Example: "  slipway outdated\n  slipway outdated --format json | jq -r '.images[].name'",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), a, format) },
	}
	a.Flags.BindInventory(cmd)
	a.Flags.BindLimit(cmd)
	a.Flags.BindStorage(cmd)
	app.FormatFlag(cmd, &format, "text", "json", "yaml")
	return cmd
}

// An Answer is what the command tells. Its form is part of the command line's
// contract.
type Answer struct {
	Images []Image `json:"images"` // every image after its parents
}

// An Image is behind one of its bases.
type Image struct {
	Name     string   `json:"name"`
	Base     string   `json:"base"`     // as written, and what for
	Old      string   `json:"old"`      // the digest it was built on, or is pinned to
	New      string   `json:"new"`      // the digest that the reference names now
	Since    string   `json:"since"`    // when the newer one came to be: "2006-01-02T15:04:05Z"; "" when nobody knows
	SinceBy  string   `json:"since_by"` // "created": it says so itself; "seen": slipway saw it first then; ""
	Affected []string `json:"affected"` // images that stand on it, sorted
}

func run(ctx context.Context, a *app.App, format string) error {
	images, err := preview.New(ctx, a)
	if err != nil {
		return err
	}
	client, err := a.Registry(ctx, images.Inventory.Embedded())
	if err != nil {
		return err
	}
	l, err := a.Ledger()
	if err != nil {
		return err
	}
	// Pins keep bases where they are; the question is where they would be.
	c := comparison{Preview: images, client: client, pins: images.Decider.Bases.Pins}
	images.Decider.Bases = decide.Bases{Seen: l.Sightings()}
	decisions, err := images.Decide(ctx, a.Flags.Limit)
	if err != nil {
		return err
	}
	answer := Answer{Images: []Image{}}
	for _, d := range decisions {
		images, err := c.behind(ctx, d)
		if err != nil {
			return err
		}
		answer.Images = append(answer.Images, images...)
	}
	if err := a.Answer(format, answer, answer.text); err != nil {
		return err
	}
	undecided := preview.Undecided(decisions)
	if len(answer.Images) == 0 && undecided == nil {
		fmt.Fprintln(a.Streams.Err, "no image is behind what it stands on")
	}
	return undecided
}

// text writes a line for each image and one for what it drags along.
func (a Answer) text(w io.Writer) error {
	for _, image := range a.Images {
		fmt.Fprintf(w, "%s: %s\n  was %s\n  now %s\n", image.Name, image.Base, image.Old, image.New)
		if image.Since != "" {
			fmt.Fprintf(w, "  since %s (%s)\n", image.Since, image.SinceBy)
		}
		if len(image.Affected) > 0 {
			fmt.Fprintf(w, "  affects %s\n", strings.Join(image.Affected, ", "))
		}
	}
	return nil
}
