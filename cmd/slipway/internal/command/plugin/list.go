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

func newDescribe(a *app.App) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "describe STRATEGY",
		Short:   "Tell what a strategy is, needs and takes",
		Example: "  slipway plugin describe dockerfile",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return describe(cmd.Context(), a, args[0], format) },
	}
	a.Flags.BindLocked(cmd)
	app.FormatFlag(cmd, &format, "text", "json", "yaml")
	return cmd
}

func describe(ctx context.Context, a *app.App, name, format string) error {
	if _, err := a.Plugins(); err != nil {
		return err
	}
	d, err := a.Catalog().Describe(ctx, name)
	if err != nil {
		return err
	}
	answer := map[string]any{
		"name": name, "version": d.Version, "summary": d.Summary, "protocol": fmt.Sprintf("1.%d", d.ProtocolMinor),
		"capabilities": d.Capabilities, "transports": d.Transports, "requires": d.Requires, "schema": d.ConfigSchema,
	}
	return a.Answer(format, answer, func(w io.Writer) error {
		fmt.Fprintf(w, "%s %s: %s\n", name, d.Version, d.Summary)
		for _, r := range d.Requires {
			fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("needs %s %s %s", r.Kind, r.Name, r.Constraint), " "))
		}
		for _, f := range catalog.Fields(d.ConfigSchema) {
			fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("  %-16s %-10s %s", f.Name, f.Type, f.Doc), " "))
		}
		return nil
	})
}
