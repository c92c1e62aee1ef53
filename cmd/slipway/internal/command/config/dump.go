package config

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/config"
	"github.com/slipway-build/slipway/core/report"
)

func newDump(a *app.App) *cobra.Command {
	var format string
	var changed bool
	cmd := &cobra.Command{
		Use:   "dump",
		Short: "Show every setting, and who has set it",
		Long: strings.TrimSpace(`
Show every setting and who has set it: a place in the file, a variable of the
environment, a flag, or nobody (default). The first found of these is read, and
no other:

  $SLIPWAY_CONFIG              the file it names
  slipway.yml                  in the working directory or the nearest folder
                               above it, unless everybody may write there
  ~/.slipway.yml
  /etc/slipway/slipway.yml

A variable wins over the file, and a flag over both. Flags of other commands
that are settings can be given here, to see what they would come to.`),
		Example: "  slipway config dump --only-changed\n  SLIPWAY_FORKS=2 slipway config dump --format json",
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return dump(a, format, changed) },
	}
	cmd.Flags().BoolVar(&changed, "only-changed", false, "leave out what nobody has set")
	app.FormatFlag(cmd, &format, "text", "json", "yaml")
	bind(cmd)
	return cmd
}

// bind adds the flags that are settings of other commands.
func bind(cmd *cobra.Command) {
	for _, s := range config.Settings() {
		if s.Flag == "" || s.Flag == "color" || cmd.Flags().Lookup(s.Flag) != nil {
			continue
		}
		switch s.Kind {
		case config.Truth:
			cmd.Flags().Bool(s.Flag, false, s.Doc)
		case config.Number:
			cmd.Flags().Int(s.Flag, 0, s.Doc)
		case config.List, config.Paths:
			cmd.Flags().StringSlice(s.Flag, nil, s.Doc)
		case config.Text, config.Path:
			cmd.Flags().String(s.Flag, "", s.Doc)
		}
		_ = cmd.Flags().MarkHidden(s.Flag) // the page of their own command tells of them
	}
}

// An Answer is what `slipway config dump` tells. Its form is part of the
// command line's contract.
type Answer struct {
	File     string    `json:"file,omitempty"` // what was read
	Settings []Setting `json:"settings"`
}

// A Setting is one value with its origin.
type Setting struct {
	Name   string `json:"name"`
	Value  any    `json:"value"`
	Origin string `json:"origin"` // "file", "environment", "flag" or "default"
	Where  string `json:"where"`  // "slipway.yml:3:7", "$SLIPWAY_FORKS", "--forks" or "default"
}

func dump(a *app.App, format string, changed bool) error {
	settings, err := a.Config()
	if err != nil {
		return err
	}
	answer := Answer{Settings: []Setting{}}
	if settings.File != "" {
		answer.File = a.Streams.Style.Path(settings.File)
	}
	for _, v := range settings.Values() {
		asked := v.Origin.Flag == "format" // says how this very answer is given
		if asked || changed && v.Origin.IsDefault() {
			continue
		}
		answer.Settings = append(answer.Settings, Setting{
			Name: v.Setting.Name, Value: shown(a.Streams.Style, v), Origin: kind(v.Origin), Where: a.Streams.Style.Path(v.Origin.String()),
		})
	}
	return a.Answer(format, answer, answer.text)
}

// shown is a value with its paths as the reader would write them.
func shown(style report.Style, v config.Value) any {
	switch value := v.Value.(type) {
	case string:
		return style.Path(value)
	case []string:
		out := []string{}
		for _, word := range value {
			out = append(out, style.Path(word))
		}
		return out
	default:
		return value
	}
}

func kind(o config.Origin) string {
	switch {
	case o.Flag != "":
		return "flag"
	case o.Variable != "":
		return "environment"
	case o.Pos.IsValid():
		return "file"
	default:
		return "default"
	}
}

// text writes a line for each setting, as `ansible-config dump` does:
//
//	forks(slipway.yml:2:8) = 4
func (answer Answer) text(w io.Writer) error {
	for _, s := range answer.Settings {
		value := fmt.Sprint(s.Value)
		if list, ok := s.Value.([]string); ok {
			value = strings.Join(list, ", ")
		}
		if _, err := fmt.Fprintf(w, "%s(%s) = %s\n", s.Name, s.Where, value); err != nil {
			return err
		}
	}
	return nil
}
