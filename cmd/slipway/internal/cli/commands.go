package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/adhoc"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/bases"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/config"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/doc"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/doctor"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/history"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/hold"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/initialise"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/inventory"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/lint"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/logs"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/outdated"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/plan"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/plugin"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/prune"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/registry"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/resume"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/rollback"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/run"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/runs"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/schema"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/steps"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/vars"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/verify"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/version"
	"github.com/slipway-build/slipway/cmd/slipway/internal/command/why"
)

// commands are slipway's verbs.
func commands(a *app.App) []*cobra.Command {
	return append(slices.Concat(adhoc.New(a), hold.New(a)),
		run.New(a),
		plan.New(a),
		why.New(a),
		outdated.New(a),
		bases.New(a),
		lint.New(a),
		inventory.New(a),
		plugin.New(a),
		runs.New(a),
		logs.New(a),
		history.New(a),
		verify.New(a),
		rollback.New(a),
		resume.New(a),
		prune.New(a),
		vars.New(a),
		steps.New(a),
		doc.New(a),
		schema.New(a),
		registry.New(a),
		initialise.New(a),
		doctor.New(a),
		config.New(a),
		version.New(a),
	)
}
