// Package schema implements `slipway schema`: JSON Schemas of the files that
// people write, for editors that complete and check them.
package schema

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/builder"
	"github.com/slipway-build/slipway/core/config"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/core/schema"
	"github.com/slipway-build/slipway/sdk/diag"
)

// kinds are the files that have a schema; the first is the default.
func kinds() []string { return []string{"playbook", "inventory", "image", "config"} }

// New returns the command.
func New(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use:   "schema [" + strings.Join(kinds(), "|") + "]",
		Short: "The JSON Schema of the files that people write, for editors",
		Long: `The JSON Schema (2020-12) of a playbook, of images.yml, image.yml or
slipway.yml, for editors that complete and check them.

With the YAML language server, write it to a file and begin a playbook with
  # yaml-language-server: $schema=playbook.schema.json`,
		Example:   "  slipway schema > playbook.schema.json",
		Args:      cobra.MaximumNArgs(1),
		ValidArgs: kinds(),
		RunE: func(_ *cobra.Command, args []string) error {
			kind := append(args, kinds()[0])[0]
			s, err := of(kind)
			if err != nil {
				return err
			}
			return a.Answer("json", s, nil)
		},
	}
}

func of(kind string) (map[string]any, error) {
	switch kind {
	case "playbook":
		actions := map[string]map[string]any{}
		for name, one := range action.All() {
			actions[name] = one.Declare().Schema()
		}
		return playbook.Schema(actions), nil
	case "inventory":
		return inventory.Schema(), nil
	case "image":
		return inventory.ImageSchema(), nil
	case "config":
		s := config.Schema()
		schema.Properties(s)["builders"] = builder.Schema()
		return s, nil
	}
	d := diag.Errorf("unknown-schema", diag.Pos{}, "there is no schema of %q", kind)
	if hint := diag.Suggest(kind, kinds()); hint != "" {
		return nil, d.WithFix("%s", hint)
	}
	return nil, d.WithFix("there are those of %s", strings.Join(kinds(), ", "))
}
