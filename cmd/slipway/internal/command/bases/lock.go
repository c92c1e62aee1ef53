package bases

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/bases"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/registry/reference"
	"github.com/slipway-build/slipway/sdk/diag"
)

func newLock(a *app.App) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "lock",
		Short: "Pin what is not pinned yet, and drop pins that nothing uses",
		Long: strings.TrimSpace(`
Pin every reference to an image of others that is not pinned yet to the digest
it names now, and drop pins that nothing uses. Pins that are there stay where
they are: slipway bases update moves them. With --locked nothing is written, and
a lock that is not complete is an error.`),
		Example: "  slipway bases lock\n  slipway bases lock --locked   # in CI: is it complete?",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return lock(cmd.Context(), a, format) },
	}
	a.Flags.BindInventory(cmd)
	app.FormatFlag(cmd, &format, "text", "json", "yaml")
	return cmd
}

func lock(ctx context.Context, a *app.App, format string) error {
	s, err := newSurvey(ctx, a)
	if err != nil {
		return err
	}
	var missing []string
	for _, ref := range s.refs {
		if _, ok := s.lock.Find(ref); !ok {
			missing = append(missing, ref)
		}
	}
	if a.Flags.Locked && len(missing) > 0 {
		return diag.Errorf("base-unlocked", diag.Pos{File: s.file()}, "%s lacks %s", bases.File, strings.Join(missing, ", ")).
			WithFix("run slipway bases lock and commit %s", bases.File)
	}
	if a.Flags.Locked {
		return a.Answer(format, Moves{Bases: []Move{}}, Moves{}.text)
	}
	return s.pin(ctx, a, format, missing)
}

func newUpdate(a *app.App) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "update [REFERENCE|PATTERN]…",
		Short: "Move pins to what their references name now",
		Long: strings.TrimSpace(`
Move pins to the digests that their references name now, and say which images
that affects: pins of these references, or of what goes into the images that a
pattern selects; without either, all.`),
		Example: "  slipway bases update\n  slipway bases update docker.io/library/alpine:3.20\n  slipway bases update +web && slipway plan",
		RunE:    func(cmd *cobra.Command, args []string) error { return update(cmd.Context(), a, args, format) },
	}
	a.Flags.BindInventory(cmd)
	app.FormatFlag(cmd, &format, "text", "json", "yaml")
	return cmd
}

func update(ctx context.Context, a *app.App, args []string, format string) error {
	s, err := newSurvey(ctx, a)
	if err != nil {
		return err
	}
	refs, err := s.chosen(ctx, args)
	if err != nil {
		return err
	}
	return s.pin(ctx, a, format, refs)
}

// chosen returns the references that the words on the command line mean.
func (s *survey) chosen(ctx context.Context, args []string) ([]string, error) {
	if len(args) == 0 {
		return s.refs, nil
	}
	var out []string
	for _, arg := range args {
		refs, err := s.means(ctx, arg)
		if err != nil {
			return nil, err
		}
		out = append(out, refs...)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// means returns the reference that a word is, else those of the images that it
// selects.
func (s *survey) means(ctx context.Context, arg string) ([]string, error) {
	if r, err := reference.Parse(arg); err == nil && slices.Contains(s.refs, r.Tagged().Exact()) {
		return []string{r.Tagged().Exact()}, nil
	}
	images, err := s.preview.Select(ctx, arg)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, ref := range s.refs {
		if slices.ContainsFunc(images, func(i *inventory.Image) bool { return slices.Contains(s.users[ref], i.Name) }) {
			out = append(out, ref)
		}
	}
	return out, nil
}
