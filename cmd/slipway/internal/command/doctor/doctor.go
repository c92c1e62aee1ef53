// Package doctor implements `slipway doctor`: what works on this machine, for
// this user, and how to mend what does not.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/engine"
)

// New returns the command.
func New(a *app.App) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "doctor",
		Example: "  slipway doctor",
		Short:   "What works here, and how to mend what does not",
		Long: strings.TrimSpace(`
What works on this machine, for this user, and how to mend what does not. What
is "limited" narrows what can be done; what is "broken" keeps every image from
being built, and makes the exit code 4.

The registries of the inventory are asked, too, when there is an inventory.
Nothing is changed, except that the container storage is begun where the first
build would begin it.`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return examine(cmd.Context(), a, format) },
	}
	a.Flags.BindInventory(cmd)
	a.Flags.BindStorage(cmd)
	app.FormatFlag(cmd, &format, "text", "json", "yaml")
	return cmd
}

// A State is how something is.
type State string

// The states.
const (
	OK      State = "ok"
	Limited State = "limited" // something cannot be done, most can
	Broken  State = "broken"  // no image can be built
)

// An Answer is what `slipway doctor` tells. Its form is part of the command
// line's contract.
type Answer struct {
	OK       bool      `json:"ok"` // images can be built
	Findings []Finding `json:"findings"`
}

// A Finding is one thing that builds or tests need.
type Finding struct {
	Name   string `json:"name"`
	State  State  `json:"state"`
	Detail string `json:"detail"`        // how it is
	Fix    string `json:"fix,omitempty"` // what to do when it is not OK
}

var errBroken = errors.New("no image can be built here as it is: mend what is broken above")

func examine(ctx context.Context, a *app.App, format string) error {
	findings, err := all(ctx, a)
	if err != nil {
		return err
	}
	answer := Answer{Findings: findings}
	answer.OK = !slices.ContainsFunc(findings, func(f Finding) bool { return f.State == Broken })
	if err := a.Answer(format, answer, answer.text); err != nil {
		return err
	}
	if !answer.OK {
		return &engine.UnreachableError{Err: errBroken}
	}
	return nil
}

// text writes a line for each finding, and below it what to do.
func (answer Answer) text(w io.Writer) error {
	var b strings.Builder
	for _, f := range answer.Findings {
		fmt.Fprintf(&b, "%-8s %-18s %s\n", f.State, f.Name, f.Detail)
		if f.Fix != "" {
			fmt.Fprintf(&b, "%-27s -> %s\n", "", f.Fix)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
