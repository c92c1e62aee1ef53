package plugin

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/catalog"
)

// A listed strategy is one row of `slipway plugin list`.
type listed struct {
	Name    string `json:"name"`
	State   string `json:"state"` // "built in", "installed", "locked", "unlocked" or "overridden"
	Version string `json:"version,omitempty"`
	Source  string `json:"source,omitempty"`
	SHA256  string `json:"sha256,omitempty"`
}

func newList(a *app.App) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "list",
		Example: "  slipway plugin list",
		Short:   "List the strategies that this project can use",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return list(cmd.Context(), a, format) },
	}
	a.Flags.BindLocked(cmd)
	app.FormatFlag(cmd, &format, "text", "json", "yaml")
	return cmd
}

// list starts nothing: all it says is known.
func list(ctx context.Context, a *app.App, format string) error {
	plugins, err := a.Plugins()
	if err != nil {
		return err
	}
	var rows []listed
	for _, name := range app.Builtins() {
		version, err := app.BuiltinVersion(ctx, name)
		if err != nil {
			return err
		}
		rows = append(rows, listed{Name: name, State: "built in", Version: version})
	}
	for _, p := range plugins.Project {
		rows = append(rows, row(plugins, p))
	}
	return a.Answer(format, map[string]any{"strategies": rows}, func(w io.Writer) error {
		for _, r := range rows {
			fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("%-24s %-10s %-10s %s", r.Name, r.Version, r.State, r.Source), " "))
		}
		return nil
	})
}

func row(plugins catalog.Plugins, p catalog.Plugin) listed {
	r := listed{Name: p.Name, Source: p.Source, State: "unlocked"}
	if locked, ok := plugins.Lock.Find(p.Name); ok && locked.Source == p.Source {
		r.State, r.Version = "locked", locked.Version
		r.SHA256, _ = locked.Digest(plugins.Platform)
		if r.SHA256 != "" && plugins.Store.Has(r.SHA256) {
			r.State = "installed"
		}
	}
	if path, ok := plugins.Overrides[p.Name]; ok {
		r.State, r.Source, r.Version, r.SHA256 = "overridden", path, "", ""
	}
	return r
}
