package app

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/slipway-build/slipway/core/catalog"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// Catalog returns the strategies there are: the built-in ones and the project's
// plugins. What stands in the way of a plugin is told when it is started.
func (a *App) Catalog() *catalog.Catalog {
	c, _ := a.parts.catalog.get(func() (*catalog.Catalog, error) {
		plugins, _ := a.Plugins()
		programs, warnings := plugins.Programs()
		a.Warn(warnings...)
		c := catalog.New(catalog.Options{
			Builtins:    Builtins(),
			BuiltinArgs: func(name string) []string { return []string{pluginWord, name} },
			Installed:   programs,
			Answers:     a.answers(),
			Env:         pluginhost.Environment(a.environ),
			Host:        strategy.Host{Version: Version},
			Plugin:      pluginhost.Options{StallTimeout: a.Flags.Stall},
			Log:         a.pluginLog,
		})
		a.CloseLater(func() error { return c.Close(context.Background()) })
		return c, nil
	})
	return c
}

// pluginLog shows what plugins complain about, and with -vvvv all that they say.
func (a *App) pluginLog(name string, level slog.Level, line string) {
	switch {
	case level >= slog.LevelWarn:
		a.Warn(diag.Warningf("plugin", diag.Pos{}, "strategy %s: %s", name, line))
	case a.Flags.Verbosity >= 4:
		_, _ = fmt.Fprintf(a.Streams.Err, "strategy %s: %s\n", name, line)
	}
}
