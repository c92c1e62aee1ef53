package plugin

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/sdk/examples"
)

func newInit(a *app.App) *cobra.Command {
	o := examples.Options{Version: app.Version}
	var dir string
	cmd := &cobra.Command{
		Use:     "init strategy NAME",
		Short:   "Write a strategy that works, to start from",
		Example: "  slipway plugin init strategy hello\n  slipway plugin init strategy hello --lang python --dir plugins/hello",
		Args:    cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			if args[0] != "strategy" {
				return &app.UsageError{Err: fmt.Errorf("there is no kind of plugin %q; the only kind is strategy", args[0])}
			}
			o.Name = args[1]
			if dir == "" {
				dir = o.Name
			}
			return initStrategy(a, o, dir)
		},
	}
	cmd.Flags().StringVar(&o.Lang, "lang", "go", "what to write it in: "+strings.Join(examples.Languages(), ", "))
	cmd.Flags().StringVar(&o.SDK, "sdk", "", "folder of slipway's source, for an SDK that is not published (go)")
	cmd.Flags().StringVar(&dir, "dir", "", "where to write it (default: ./NAME)")
	return cmd
}

// initStrategy writes the files; it overwrites none.
func initStrategy(a *app.App, o examples.Options, dir string) error {
	if o.SDK != "" {
		sdk, err := filepath.Abs(o.SDK)
		if err != nil {
			return fmt.Errorf("finding the SDK: %w", err)
		}
		o.SDK = sdk
	}
	files, err := examples.Files(o)
	if err != nil {
		return &app.UsageError{Err: err}
	}
	if left, err := os.ReadDir(dir); err == nil && len(left) > 0 {
		return &app.UsageError{Err: fmt.Errorf("%s is not empty: choose another folder with --dir", dir)}
	} else if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("looking at %s: %w", dir, err)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("making the folder of the strategy: %w", err)
		}
		if err := os.WriteFile(path, files[name], 0o644); err != nil {
			return fmt.Errorf("writing the strategy: %w", err)
		}
		fmt.Fprintln(a.Streams.Out, path)
	}
	fmt.Fprintf(a.Streams.Err, "%s tells how to build, test and use it\n", filepath.Join(dir, "README.md"))
	return nil
}
