// Package verify implements `slipway verify`.
package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/tag"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/gate"
)

// New returns the command.
func New(a *app.App) *cobra.Command {
	var format string
	cmd := tag.Command(a, &cobra.Command{
		Use:     "verify IMAGE",
		Example: "  slipway verify web",
		Short:   "Whether what stands under a tag was proved",
		Long: strings.TrimSpace(`
Tell whether the digest that stands under a tag has a passed verdict. The
evidence is read from the registry, so any machine can ask. It is trusted as far
as the permission to write to the repository goes. Of an image of several
platforms each needs a verdict, or a record that it was waived. The exit code is
0 when it was proved and 3 when it was not.`),
	}, func(ctx context.Context, t tag.Tag) error { return run(ctx, a, t, format) })
	app.FormatFlag(cmd, &format, "text", "json", "yaml")
	return cmd
}

// An answer is what the command tells.
type answer struct {
	Image     string        `json:"image"`
	Reference string        `json:"reference"`
	Digest    string        `json:"digest"`
	Proved    bool          `json:"proved"`
	Reasons   []string      `json:"reasons,omitempty"` // why not
	Trust     string        `json:"trust"`
	Verdict   *gate.Verdict `json:"verdict,omitempty"`
}

func run(ctx context.Context, a *app.App, t tag.Tag, format string) error {
	g, err := t.Gate(ctx)
	if err != nil {
		return err
	}
	m, err := t.Manifest(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		return &engine.RefusedError{Err: fmt.Errorf("%s does not exist: nothing was promoted to it yet", t)}
	}
	if err != nil {
		return &engine.UnreachableError{Err: err}
	}
	out := answer{Image: t.Image, Reference: t.String(), Digest: m.Digest, Trust: "registry: whoever may write to the repository"}
	if err := out.judge(ctx, g, m); err != nil {
		return err
	}
	if err := a.Answer(format, out, out.text); err != nil || out.Proved {
		return err
	}
	return &engine.RefusedError{Err: fmt.Errorf("%s is not proved", t)}
}

func (o *answer) judge(ctx context.Context, g *gate.Gate, m gate.Manifest) error {
	v, err := g.Find(ctx, m)
	if errors.Is(err, fs.ErrNotExist) {
		o.Reasons = []string{"there is no evidence: it was never smoke-tested"}
		return nil
	}
	if err != nil {
		return &engine.UnreachableError{Err: err}
	}
	o.Verdict, o.Reasons = &v, v.Faults()
	o.Proved = len(o.Reasons) == 0
	return nil
}

// platforms are what was concluded about each platform of an index.
func (o *answer) platforms() []string {
	if o.Verdict == nil {
		return nil
	}
	var out []string
	for _, v := range o.Verdict.Platforms {
		switch v.State {
		case "":
			out = append(out, v.Platform+": never smoke-tested")
		case gate.Waived:
			out = append(out, fmt.Sprintf("%s: waived, %s, by %s, run %s", v.Platform, v.Finished.Local().Format(time.DateTime), v.Actor, v.RunID))
		default:
			out = append(out, fmt.Sprintf("%s: %s, %d of %d scenarios passed, by %s, run %s", v.Platform, v.State, v.Passed, v.Planned, v.Actor, v.RunID))
		}
	}
	return out
}

func (o *answer) text(w io.Writer) error {
	word := map[bool]string{true: "proved", false: "not proved"}[o.Proved]
	fmt.Fprintf(w, "%s %s\n  %s\n", o.Reference, word, o.Digest)
	if v := o.Verdict; v != nil {
		fmt.Fprintf(w, "  %s: %d of %d scenarios passed, %s, by %s, run %s\n", v.State, v.Passed, v.Planned, v.Finished.Local().Format(time.DateTime), v.Actor, v.RunID)
	}
	for _, one := range o.platforms() {
		fmt.Fprintf(w, "  %s\n", one)
	}
	for _, r := range o.Reasons {
		fmt.Fprintf(w, "  %s\n", r)
	}
	_, err := fmt.Fprintf(w, "  trust: %s\n", o.Trust)
	return err
}
