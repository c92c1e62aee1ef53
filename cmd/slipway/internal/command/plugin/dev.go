package plugin

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
)

func newDev(a *app.App) *cobra.Command {
	var remove bool
	cmd := &cobra.Command{
		Use:   "dev [NAME=PATH…]",
		Short: "Have a program of yours stand for a plugin while you work on it",
		Long: strings.TrimSpace(`
Have a program, or a folder with a plugin.yaml, stand for a plugin in all your
projects that name it. It is not verified, and every command says so. What it
builds is not taken for what the locked plugin builds. Nothing of this reaches
slipway.lock, and --locked ignores it. Without arguments: list what is
overridden.

For a debugger, start the plugin yourself with --debug SOCKET, and have the
socket stand for it: slipway waits at your breakpoints, and never ends it.`),
		Example: "  slipway plugin dev acme/hello=./bin/hello\n  slipway plugin dev acme/hello=hello.sock\n  slipway plugin dev --remove acme/hello",
		RunE:    func(_ *cobra.Command, args []string) error { return dev(a, args, remove) },
	}
	cmd.Flags().BoolVar(&remove, "remove", false, "end that for the plugins named")
	return cmd
}

func dev(a *app.App, args []string, remove bool) error {
	overrides, file, err := a.Overrides()
	if err != nil {
		return err
	}
	for _, arg := range args {
		name, path, ok := strings.Cut(arg, "=")
		if ok == remove || !remove && path == "" {
			return &app.UsageError{Err: fmt.Errorf("found %q; write NAME=PATH, or --remove NAME", arg)}
		}
		if err := overrides.Set(name, path); err != nil {
			return err
		}
	}
	if len(args) > 0 {
		if err := overrides.Write(file); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(overrides.Plugins)) {
		fmt.Fprintf(a.Streams.Out, "%s=%s\n", name, overrides.Plugins[name])
	}
	return nil
}
