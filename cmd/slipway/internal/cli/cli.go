// Package cli turns arguments into a command, and an error into an exit code.
//
// Everything that can fail is behind [Main], which takes all it needs, so that
// a test can run the whole command line in its own process.
package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/term"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/report"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Main runs the command line args[1:] and returns what to tell the shell.
func Main(args, environ []string, streams term.Streams) app.ExitCode {
	if code, ok := app.Hidden(args, environ); ok {
		return app.ExitCode(code)
	}
	ctx, stop := interruptible()
	defer stop()
	a := app.New(environ, streams)
	root := newRoot(a)
	root.SetArgs(args[1:])
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.Err)
	err := root.ExecuteContext(ctx)
	err = errors.Join(err, a.Close())
	show(err, streams)
	return app.CodeOf(err)
}

// interruptible returns a context that the first Ctrl-C ends in good order. A
// second one ends the process at once, as if there were no handler.
func interruptible() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		s, ok := <-signals
		if !ok {
			return
		}
		signal.Stop(signals)
		cancel(fmt.Errorf("%w by %s", context.Canceled, s))
	}()
	return ctx, func() { signal.Stop(signals); close(signals); cancel(nil) }
}

// show tells a person what went wrong. A run has told of its images already.
func show(err error, streams term.Streams) {
	if err == nil {
		return
	}
	if _, ok := errors.AsType[*engine.RunError](err); ok {
		return
	}
	if ds := diag.Of(err); ds != nil {
		report.Diagnostics{Style: streams.Style, Source: app.ReadSource}.Write(streams.Err, ds.Sorted()...)
		return
	}
	fmt.Fprintf(streams.Err, "slipway: %s\n", streams.Style.Paths(err.Error()))
	if _, ok := errors.AsType[*app.UsageError](err); ok {
		fmt.Fprintln(streams.Err, "Run \"slipway --help\" for what can be done.")
	}
}

// newRoot returns the command that holds the others.
func newRoot(a *app.App) *cobra.Command {
	root := &cobra.Command{
		Use:           "slipway",
		Short:         "Build, test and launch families of container images",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.ArbitraryArgs,
		RunE:          unknownCommand,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &app.UsageError{Err: err} })
	root.AddCommand(commands(a)...)
	a.CompleteLimits(root)
	usageErrors(root)
	return root
}

// unknownCommand is what runs when the first word is no command.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	hint := diag.Suggest(args[0], names)
	return &app.UsageError{Err: errors.New(strings.TrimSpace(fmt.Sprintf("unknown command %q; %s", args[0], hint)))}
}

// usageErrors marks what the argument checks of every command return.
func usageErrors(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return &app.UsageError{Err: err}
			}
			return nil
		}
	}
	for _, sub := range cmd.Commands() {
		usageErrors(sub)
	}
}
