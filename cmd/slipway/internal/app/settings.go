package app

import (
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/slipway-build/slipway/core/config"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Config returns the settings. Mistakes in the file and in the environment are
// the error; warnings are told with those of the command.
func (a *App) Config() (*config.Config, error) {
	return a.parts.config.get(func() (*config.Config, error) {
		dir, err := workingDir()
		if err != nil {
			return nil, err
		}
		c, found := config.Load(config.Options{Dir: dir, Environ: a.environ})
		if err := found.Err(); err != nil {
			return nil, err
		}
		a.later = found
		return c, nil
	})
}

// Configure joins the command line with the settings: a flag that was said is a
// setting, and one that was not is set as the settings say. It runs once, before
// the command.
func (a *App) Configure(cmd *cobra.Command) error {
	settings, err := a.Config()
	if err != nil {
		return err
	}
	for _, v := range settings.Values() {
		if err := join(cmd, settings, v); err != nil {
			return err
		}
	}
	switch a.Flags.Color {
	case "always":
		a.Streams.Style.Color = true
	case "never":
		a.Streams.Style.Color = false
	}
	return nil
}

// join settles one setting and its flag.
func join(cmd *cobra.Command, settings *config.Config, v config.Value) error {
	flag := cmd.Flag(v.Setting.Flag)
	switch {
	case flag == nil:
		return nil
	case flag.Changed:
		return settings.Flag(v.Setting.Name, flag.Name, flagWords(flag)).Err()
	case v.Origin.IsDefault():
		return nil
	}
	if err := setFlag(flag, v.Value); err != nil && v.Setting.Name != "format" { // which each command knows some words of
		return diag.Errorf("bad-setting", v.Origin.Pos, "%s, set by %s: %v", v.Setting.Name, v.Origin, err)
	}
	return nil
}

func flagWords(flag *pflag.Flag) []string {
	if list, ok := flag.Value.(pflag.SliceValue); ok {
		return list.GetSlice()
	}
	return []string{flag.Value.String()}
}

func setFlag(flag *pflag.Flag, value any) error {
	if list, ok := flag.Value.(pflag.SliceValue); ok {
		words, _ := value.([]string)
		return list.Replace(words)
	}
	return flag.Value.Set(fmt.Sprint(value))
}

// Heed tells of warnings and returns mistakes as an error, the warnings with
// them. With --strict a warning is a mistake.
func (a *App) Heed(found diag.List) error {
	found = a.Strictly(append(a.takeLater(), found...))
	if err := found.Err(); err != nil {
		return err
	}
	a.Warn(found...)
	return nil
}

// Strictly is found as --strict takes it: each warning as a mistake.
func (a *App) Strictly(found diag.List) diag.List {
	if !a.Flags.Strict {
		return found
	}
	out := make(diag.List, len(found))
	for i, d := range found {
		if out[i] = d; d.Severity == diag.Warning {
			out[i].Severity = diag.Error
		}
	}
	return out
}

// takeLater returns the warnings about the settings, once. A command that
// starts itself again in a namespace would tell of them twice otherwise.
func (a *App) takeLater() diag.List {
	a.warning.Lock()
	defer a.warning.Unlock()
	found := a.later
	a.later = nil
	return found
}
