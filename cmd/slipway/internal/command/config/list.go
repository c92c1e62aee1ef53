package config

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/config"
)

func newList(a *app.App) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "Tell of every setting there is",
		Example: "  slipway config list",
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return list(a, format) },
	}
	app.FormatFlag(cmd, &format, "text", "json", "yaml", "markdown")
	return cmd
}

// A row is a setting as `slipway config list` tells of it.
type row struct {
	Name     string   `json:"name"` // in slipway.yml, a dot for each mapping
	Kind     string   `json:"kind"`
	Among    []string `json:"among,omitempty"`
	Default  string   `json:"default"`
	Variable string   `json:"variable"`
	Flag     string   `json:"flag,omitempty"`
	Doc      string   `json:"doc"`
}

func list(a *app.App, format string) error {
	var rows []row
	for _, s := range config.Settings() {
		r := row{Name: s.Name, Kind: string(s.Kind), Among: s.Among, Default: s.Default, Variable: s.Variable(), Doc: s.Doc}
		if s.Flag != "" {
			r.Flag = "--" + s.Flag
		}
		rows = append(rows, r)
	}
	if format == "markdown" {
		_, err := io.WriteString(a.Streams.Out, page(rows))
		return err
	}
	return a.Answer(format, map[string]any{"settings": rows, "sections": config.Sections()}, func(w io.Writer) error { return text(w, rows) })
}

// text writes a paragraph for each setting:
//
//	forks (number, default 0)
//	  steps under way at once; 0: twice the processors
//	  SLIPWAY_FORKS, --forks
func text(w io.Writer, rows []row) error {
	var b strings.Builder
	for _, r := range rows {
		kind := r.Kind
		if r.Among != nil {
			kind = strings.Join(r.Among, "|")
		}
		if r.Default != "" {
			kind += ", default " + r.Default
		}
		fmt.Fprintf(&b, "%s (%s)\n  %s\n  %s\n", r.Name, kind, r.Doc, strings.TrimSuffix(r.Variable+", "+r.Flag, ", "))
	}
	fmt.Fprintf(&b, "Sections of slipway.yml beside the settings: %s\n", strings.Join(config.Sections(), ", "))
	_, err := io.WriteString(w, b.String())
	return err
}
