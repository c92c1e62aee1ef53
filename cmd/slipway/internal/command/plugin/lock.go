package plugin

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/catalog"
)

func newLock(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use:     "lock",
		Example: "  slipway plugin lock",
		Short:   "Lock the plugins of slipway.yml as they are now",
		Long: strings.TrimSpace(`
Find out what every plugin is that slipway.yml names, install it, and write its
SHA-256 for all platforms into slipway.lock. Nothing else is ever started.`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return lock(cmd.Context(), a) },
	}
}

func lock(ctx context.Context, a *app.App) error {
	installer, err := a.Installer(ctx)
	if err != nil {
		return err
	}
	if err := named(installer); err != nil {
		return err
	}
	lock, err := installer.Lock(ctx)
	if err != nil {
		return err
	}
	if err := a.WriteLock(lock); err != nil {
		return err
	}
	for _, p := range lock.Plugins {
		digest, _ := p.Digest(installer.Plugins.Platform)
		fmt.Fprintf(a.Streams.Out, "locked %s %s sha256:%s\n", p.Name, p.Version, digest)
	}
	return nil
}

// named expects the project to name plugins: doing nothing in silence would
// hide a wrong folder.
func named(i *catalog.Installer) error {
	if len(i.Plugins.Project) > 0 {
		return nil
	}
	return &app.UsageError{Err: errors.New("no plugins are named: " + i.Plugins.Root + " has no slipway.yml with plugins")}
}

func newInstall(a *app.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "install",
		Example: "  slipway plugin install --locked",
		Short:   "Install the plugins that slipway.lock names",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return install(cmd.Context(), a) },
	}
	a.Flags.BindLocked(cmd)
	return cmd
}

func install(ctx context.Context, a *app.App) error {
	installer, err := a.Installer(ctx)
	if err != nil {
		return err
	}
	if err := named(installer); err != nil {
		return err
	}
	lock, installed, err := installer.Install(ctx, a.Flags.Locked)
	if err != nil {
		return err
	}
	if !a.Flags.Locked {
		if err := a.WriteLock(lock); err != nil {
			return err
		}
	}
	for _, name := range installed {
		fmt.Fprintln(a.Streams.Out, "installed", name)
	}
	if len(installed) == 0 {
		fmt.Fprintln(a.Streams.Err, "all plugins are installed")
	}
	return nil
}
