// Package adhoc implements the commands that do one task without a playbook:
// `slipway build`, `push`, `smoke`, `promote` and `inspect`.
//
// Each takes a pattern, as a play's `images` does, and goes through the same
// checks, the same gate and the same report as a playbook.
package adhoc

import (
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/runs"
	"github.com/slipway-build/slipway/cmd/slipway/internal/site"
	"github.com/slipway-build/slipway/cmd/slipway/internal/view"
	"github.com/slipway-build/slipway/core/container/namespace"
)

// flags are those of all the commands here.
type flags struct {
	req     runs.Request
	noCache bool
	timeout time.Duration
	tags    []string
	from    string
	to      []string
	set     string
	maxAge  time.Duration
	expr    string
	junit   string
	cuke    string
	on      []string
}

// New returns the commands.
func New(a *app.App) []*cobra.Command {
	return []*cobra.Command{newBuild(a), newPush(a), newSmoke(a), newPromote(a), newInspect(a)}
}

// command is what the commands have in common; tasks are made from the flags
// when it runs.
func command(a *app.App, verb, short string, f *flags, tasks func() []site.Task) *cobra.Command {
	cmd := &cobra.Command{
		Use:     verb + " PATTERN…",
		Short:   short,
		Example: "  slipway " + verb + " web\n  slipway " + verb + " 'base+,!tools' -i inventory",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := namespace.Enter(); err != nil {
				return err
			}
			f.req.Args = os.Args
			f.req.AdHoc, f.req.Pattern = tasks(), strings.Join(args, ",")
			return runs.New(a).Run(cmd.Context(), f.req)
		},
	}
	a.Flags.BindInventory(cmd)
	a.Flags.BindStorage(cmd)
	f.req.Bind(cmd, &a.Flags)
	view.FormatFlag(cmd, &f.req.Format)
	return cmd
}

// given keeps what was said, so that what was not takes the action's default.
func given(args map[string]any) map[string]any {
	out := map[string]any{}
	for name, value := range args {
		switch v := value.(type) {
		case string:
			if v != "" {
				out[name] = v
			}
		case []string:
			if len(v) > 0 {
				out[name] = v
			}
		case time.Duration:
			if v > 0 {
				out[name] = v.String()
			}
		case bool:
			if v {
				out[name] = v
			}
		}
	}
	return out
}

func newBuild(a *app.App) *cobra.Command {
	f := new(flags)
	cmd := command(a, "build", "Build images whose inputs have changed", f, func() []site.Task {
		return []site.Task{{Action: "build", Args: given(map[string]any{"no_cache": f.noCache, "timeout": f.timeout})}}
	})
	a.Flags.BindOffline(cmd)
	cmd.Flags().BoolVar(&f.noCache, "no-cache", false, "build again and reuse no layer")
	cmd.Flags().DurationVar(&f.timeout, "timeout", 0, "how long one build may take")
	return cmd
}

func newPush(a *app.App) *cobra.Command {
	f := new(flags)
	cmd := command(a, "push", "Build if need be, and push", f, func() []site.Task {
		return []site.Task{{Action: "build"}, {Action: "push", Args: given(map[string]any{"tags": f.tags})}}
	})
	cmd.Flags().StringSliceVar(&f.tags, "tag", []string{"test"}, "the tags to push under")
	return cmd
}

func newSmoke(a *app.App) *cobra.Command {
	f := new(flags)
	cmd := command(a, "smoke", "Prove pushed images with their features", f, func() []site.Task {
		return []site.Task{{Action: "smoke", Args: given(map[string]any{
			"tags": f.expr, "timeout": f.timeout, "from": f.from, "junit": f.junit, "cucumber": f.cuke, "platforms": f.on,
		})}}
	})
	cmd.Flags().StringVar(&f.expr, "tags", "", "a tag expression: @smoke and not @wip")
	cmd.Flags().DurationVar(&f.timeout, "timeout", 0, "how long one scenario may take")
	cmd.Flags().StringVar(&f.from, "from", "", "the candidates' tag (default: test)")
	cmd.Flags().StringSliceVar(&f.on, "platform", nil, "which platforms are proved here (default: all that the gate asks for)")
	cmd.Flags().StringVar(&f.junit, "junit", "", "write JUnit reports to this folder")
	cmd.Flags().StringVar(&f.cuke, "cucumber", "", "write Cucumber JSON reports to this folder")
	return cmd
}

func newPromote(a *app.App) *cobra.Command {
	f := new(flags)
	cmd := command(a, "promote", "Move tags to digests that were proved", f, func() []site.Task {
		return []site.Task{{Action: "promote", Args: given(map[string]any{"from": f.from, "to": f.to, "set": f.set, "max_age": f.maxAge})}}
	})
	cmd.Flags().StringVar(&f.from, "from", "", "the candidates' tag (default: test)")
	cmd.Flags().StringSliceVar(&f.to, "to", nil, "the tags to move (default: latest)")
	cmd.Flags().StringVar(&f.set, "set", "", "move all of them together or none, under this name")
	cmd.Flags().DurationVar(&f.maxAge, "max-age", 0, "how old a verdict may be")
	return cmd
}

func newInspect(a *app.App) *cobra.Command {
	f := new(flags)
	cmd := command(a, "inspect", "Tell what images are: digest, platforms, layers and size", f, func() []site.Task {
		return []site.Task{{Action: "inspect", Args: given(map[string]any{"tag": f.from})}}
	})
	cmd.Flags().StringVar(&f.from, "tag", "", "the tag to look at (default: test)")
	return cmd
}
