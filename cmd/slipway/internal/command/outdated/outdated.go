// Package outdated implements `slipway outdated`.
package outdated

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/plan"
)

// New returns the command.
func New(a *app.App) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "outdated",
		Short: "List images whose bases have moved on since their last build",
		Long: strings.TrimSpace(`
List images that stand on, or copy from, somebody else's image whose tag names
another digest now than at their last build, and all images that stand on them.
Nothing is built, pulled or written but caches.`),
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
	Old      string   `json:"old"`      // the digest it was built on
	New      string   `json:"new"`      // the digest that the reference names now
	Affected []string `json:"affected"` // images that stand on it, sorted
}

func run(ctx context.Context, a *app.App, format string) error {
	preview, err := a.Preview(ctx)
	if err != nil {
		return err
	}
	decisions, err := preview.Decide(ctx, a.Flags.Limit)
	if err != nil {
		return err
	}
	answer := Answer{Images: []Image{}}
	for _, d := range decisions {
		answer.Images = append(answer.Images, behind(preview.Family, d)...)
	}
	if err := a.Answer(format, answer, answer.text); err != nil {
		return err
	}
	return app.Undecided(decisions)
}

// behind returns the bases of others that have moved since an image's last
// build. One that the Dockerfile has changed is not behind: it was told to.
func behind(family *plan.Family, d action.Decision) []Image {
	outside := map[string]bool{}
	for _, in := range family.Node(d.Image).Answer.Images {
		id := buildkey.ImageIdentity{Reference: in.Reference, Kind: string(in.Kind)}
		outside[id.String()] = family.Node(d.Image).Parent(in.Reference) == ""
	}
	affected := family.Descendants(d.Image, -1)
	if affected == nil {
		affected = []string{}
	}
	var out []Image
	for _, r := range d.Reasons {
		if r.Kind == "image" && outside[r.What] && r.Old != "" && r.New != "" {
			out = append(out, Image{d.Image, r.What, r.Old, r.New, affected})
		}
	}
	return out
}

// text writes a line for each image and one for what it drags along.
func (a Answer) text(w io.Writer) error {
	for _, image := range a.Images {
		fmt.Fprintf(w, "%s: %s\n  was %s\n  now %s\n", image.Name, image.Base, image.Old, image.New)
		if len(image.Affected) > 0 {
			fmt.Fprintf(w, "  affects %s\n", strings.Join(image.Affected, ", "))
		}
	}
	return nil
}
