package cli

import (
	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/inventory"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/plugin"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/registry"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/run"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/version"
)

// commands are slipway's verbs.
func commands(a *app.App) []*cobra.Command {
	return []*cobra.Command{
		run.New(a),
		inventory.New(a),
		plugin.New(a),
		registry.New(a),
		version.New(a),
	}
}
