package bases

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
)

func newList(a *app.App) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List images of others, their pins, and who uses them",
		Example: "  slipway bases list\n  slipway bases list --format json | jq -r '.bases[].reference'",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return list(cmd.Context(), a, format) },
	}
	a.Flags.BindInventory(cmd)
	app.FormatFlag(cmd, &format, "text", "json", "yaml")
	return cmd
}

// A Listing is what `slipway bases list` tells. Its form is part of the command
// line's contract.
type Listing struct {
	Bases []Base `json:"bases"` // by reference
}

// A Base is an image of others.
type Base struct {
	Reference string   `json:"reference"`
	Digest    string   `json:"digest"` // "" when it is not pinned
	Locked    string   `json:"locked"` // when it was pinned; "" when it is not
	Images    []string `json:"images"` // that it goes into, parents first
}

func list(ctx context.Context, a *app.App, format string) error {
	s, err := newSurvey(ctx, a)
	if err != nil {
		return err
	}
	answer := Listing{Bases: []Base{}}
	for _, ref := range s.refs {
		base := Base{Reference: ref, Images: s.users[ref]}
		if pin, ok := s.lock.Find(ref); ok {
			base.Digest, base.Locked = pin.Digest, pin.Time.Format(time.RFC3339)
		}
		answer.Bases = append(answer.Bases, base)
	}
	if len(answer.Bases) == 0 {
		fmt.Fprintln(a.Streams.Err, "no image stands on one of others")
	}
	return a.Answer(format, answer, answer.text)
}

// text writes each base and, below it, its pin and its users.
func (l Listing) text(w io.Writer) error {
	for _, b := range l.Bases {
		pin := "not locked"
		if b.Digest != "" {
			pin = "locked " + b.Digest + " on " + b.Locked
		}
		if _, err := fmt.Fprintf(w, "%s\n  %s\n  used by %s\n", b.Reference, pin, strings.Join(b.Images, ", ")); err != nil {
			return err
		}
	}
	return nil
}
