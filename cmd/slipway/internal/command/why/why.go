// Package why implements `slipway why`.
package why

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/preview"
	"github.com/slipway-build/slipway/cmd/slipway/internal/site"
	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/plan"
)

// New returns the command.
func New(a *app.App) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "why IMAGE",
		Short: "Say what causes an image to be built",
		Long: strings.TrimSpace(`
Say what becomes of an image and what causes it: the shortest chain from the
image through its parents to what has changed, old and new. What it is compared
with is the image's last build here, else the newest one in the registry.
Nothing is built, pulled or written but caches.`),
		Example: "  slipway why web\n  slipway why web --format json | jq '.chain[-1]'",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return run(cmd.Context(), a, args[0], format) },
	}
	a.Flags.BindInventory(cmd)
	a.Flags.BindStorage(cmd)
	a.Flags.BindOffline(cmd)
	app.FormatFlag(cmd, &format, "text", "json", "yaml")
	return cmd
}

// An Answer is what the command tells. Its form is part of the command line's
// contract.
type Answer struct {
	Image     string        `json:"name"`
	Decision  plan.Fate     `json:"decision"`
	Key       buildkey.Key  `json:"key"`
	Chain     []plan.Link   `json:"chain"`               // from the image to the cause; empty when nothing changed
	Platforms []plan.Ruling `json:"platforms,omitempty"` // of an image of several platforms

	differing []plan.Ruling // where they differ in what becomes of them
}

func run(ctx context.Context, a *app.App, name, format string) error {
	images, err := preview.New(ctx, a)
	if err != nil {
		return err
	}
	if _, err := site.Image(images.Inventory, name); err != nil {
		return err
	}
	decisions, err := images.Decide(ctx, "+"+name)
	if err != nil {
		return err
	}
	answer := answerOf(images, name, decisions)
	if err := a.Answer(format, answer, answer.text); err != nil {
		return err
	}
	return preview.Undecided(decisions)
}

func answerOf(p *preview.Preview, name string, decisions []decide.Decision) Answer {
	var plain []plan.Decision
	for _, d := range decisions {
		plain = append(plain, d.Decision)
	}
	i := slices.IndexFunc(plain, func(d plan.Decision) bool { return d.Image == name })
	answer := Answer{Image: name, Decision: plain[i].Fate, Key: plain[i].Key, Chain: []plan.Link{}, Platforms: plain[i].Platforms, differing: plain[i].Rulings()}
	if len(plain[i].Reasons) > 0 {
		answer.Chain = p.Family.Chain(name, plain, decide.History(p.Builds))
	}
	return answer
}

// text writes the chain, each image a step further in.
func (a Answer) text(w io.Writer) error {
	fmt.Fprintf(w, "%s: %s\n", a.Image, a.Decision)
	for _, r := range a.differing {
		fmt.Fprintf(w, "  %s: %s\n", r.Platform, r.Fate)
	}
	if len(a.Chain) == 0 {
		fmt.Fprintf(w, "  nothing changed since the build of key %s\n", a.Key.Short())
	}
	for i, link := range a.Chain {
		indent := strings.Repeat("  ", i+1)
		if i > 0 {
			fmt.Fprintf(w, "%s%s:\n", strings.Repeat("  ", i), link.Image)
		}
		for _, r := range link.Reasons {
			fmt.Fprintf(w, "%s%s\n", indent, plan.Sentence(r))
			writeChange(w, indent, r)
		}
	}
	return nil
}

// writeChange writes old and new below each other, so that their difference
// meets the eye.
func writeChange(w io.Writer, indent string, r buildkey.Reason) {
	if r.Kind == plan.BecauseUnknown || r.Kind == plan.BecauseVolatile {
		return
	}
	if r.Old != "" {
		fmt.Fprintf(w, "%s  was %s\n", indent, r.Old)
	}
	if r.New != "" {
		fmt.Fprintf(w, "%s  now %s\n", indent, r.New)
	}
}
