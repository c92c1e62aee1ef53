package plugin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/plugintest"
)

// A testRequest is what `slipway plugin test` was asked for.
type testRequest struct {
	options plugintest.Options
	json    bool
	junit   bool
	env     []string // names of variables that the plugin needs besides the usual
}

func newTest(a *app.App) *cobra.Command {
	var req testRequest
	cmd := &cobra.Command{
		Use:   "test [flags] -- COMMAND [ARGUMENT…]",
		Short: "Tell whether a plugin keeps the contract",
		Long: strings.TrimSpace(`
Start a strategy plugin, in any language, as slipway starts it, and check that
it keeps the contract. Exit code 2 means that it does not. Configs are JSON, or
@file.`),
		Example: "  slipway plugin test -- bin/hello\n  slipway plugin test --config '{\"message\":\"x\"}' --junit -- python3 plugin.py",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			req.options.Command = args
			return test(cmd.Context(), a, req)
		},
	}
	f := cmd.Flags()
	f.StringVar(&req.options.GoodConfig, "config", "{}", "a config that is valid and builds")
	f.StringVar(&req.options.SlowConfig, "slow-config", "", "a config whose build takes 5 s or more, to be stopped")
	f.StringVar(&req.options.LoudConfig, "loud-config", "", "a config whose build prints much, to be read slowly")
	f.StringVar(&req.options.Workspace, "workspace", "", "folder that every build gets a copy of (default: one with a single file)")
	f.StringSliceVar(&req.env, "env", nil, "names of variables that the plugin needs besides the usual")
	f.BoolVar(&req.json, "json", false, "answer in JSON")
	f.BoolVar(&req.junit, "junit", false, "answer in JUnit XML")
	cmd.MarkFlagsMutuallyExclusive("json", "junit")
	return cmd
}

func test(ctx context.Context, a *app.App, req testRequest) error {
	o, err := testOptions(a, req)
	if err != nil {
		return &app.UsageError{Err: err}
	}
	results, err := plugintest.Check(ctx, o)
	if err != nil {
		return &app.UsageError{Err: err}
	}
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if err := writeResults(a, req, results); err != nil {
		return fmt.Errorf("writing the results: %w", err)
	}
	if !slices.ContainsFunc(results, func(r plugintest.Result) bool { return r.Err != nil }) {
		return nil
	}
	if i := slices.IndexFunc(results, func(r plugintest.Result) bool { return r.ID == plugintest.GoodConfigCheck }); diag.Of(results[i].Err) != nil {
		fmt.Fprintf(a.Streams.Err, "most checks need a config that builds, and %s is none: give one with --config\n", o.GoodConfig)
	}
	return &engine.RunError{Failed: true}
}

// testOptions makes paths absolute, because the suite runs the plugin in a
// folder of its own, and reads the files that configs name.
func testOptions(a *app.App, req testRequest) (plugintest.Options, error) {
	o := req.options
	o.Env = pluginhost.Environment(a.Environ(), req.env...)
	program, err := exec.LookPath(o.Command[0])
	if err != nil && !errors.Is(err, exec.ErrDot) {
		return o, err
	}
	if program, err = filepath.Abs(program); err != nil {
		return o, err
	}
	o.Command = append([]string{program}, absoluteFiles(o.Command[1:])...)
	if o.Workspace != "" {
		if o.Workspace, err = filepath.Abs(o.Workspace); err != nil {
			return o, err
		}
	}
	for _, config := range []*string{&o.GoodConfig, &o.SlowConfig, &o.LoudConfig} {
		if *config, err = configText(*config); err != nil {
			return o, err
		}
	}
	return o, nil
}

// absoluteFiles makes those arguments absolute that name files here, such as
// plugin.py in `python3 plugin.py`.
func absoluteFiles(args []string) []string {
	out := make([]string, len(args))
	for i, arg := range args {
		out[i] = arg
		if _, err := os.Stat(arg); err != nil {
			continue
		}
		if path, err := filepath.Abs(arg); err == nil {
			out[i] = path
		}
	}
	return out
}

func configText(config string) (string, error) {
	file, ok := strings.CutPrefix(config, "@")
	if !ok {
		return config, nil
	}
	data, err := os.ReadFile(file)
	return string(data), err
}

func writeResults(a *app.App, req testRequest, results []plugintest.Result) error {
	switch {
	case req.json:
		return a.Answer("json", testAnswer(req.options.Command, results), nil)
	case req.junit:
		return writeJUnit(a.Streams.Out, strings.Join(req.options.Command, " "), results)
	default:
		return writeText(a.Streams.Out, results)
	}
}

func writeText(w io.Writer, results []plugintest.Result) error {
	passed, failed, skipped := 0, 0, 0
	for _, r := range results {
		switch {
		case r.Err != nil:
			failed++
			fmt.Fprintf(w, "FAIL  %s  %s\n      %s\n", r.ID, r.Title, strings.ReplaceAll(r.Err.Error(), "\n", "\n      "))
		case r.Skipped != "":
			skipped++
			fmt.Fprintf(w, "skip  %s  %s\n      %s\n", r.ID, r.Title, r.Skipped)
		default:
			passed++
			fmt.Fprintf(w, "ok    %s  %s\n", r.ID, r.Title)
		}
	}
	_, err := fmt.Fprintf(w, "%d passed, %d failed, %d skipped\n", passed, failed, skipped)
	return err
}
