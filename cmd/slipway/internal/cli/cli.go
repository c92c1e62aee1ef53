// Package cli turns arguments into a command, and an error into an exit code.
//
// Everything that can fail is behind [Main], which takes all it needs, so that
// a test can run the whole command line in its own process.
package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/complete"
	"github.com/slipway-build/slipway/cmd/slipway/internal/term"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/report"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Main runs the command line args[1:] and returns what to tell the shell.
func Main(args, environ []string, streams term.Streams) app.ExitCode {
	if code, ok := app.Hidden(args); ok {
		return app.ExitCode(code)
	}
	ctx, stop := interruptible()
	defer stop()
	a := app.New(environ, streams)
	root := newRoot(a)
	root.SetArgs(args[1:])
	root.SetIn(streams.In)
	root.SetOut(a.Streams.Out)
	root.SetErr(a.Streams.Err)
	cmd, err := root.ExecuteContextC(ctx)
	err = errors.Join(err, a.Close())
	show(err, a.Streams)
	if format := cmd.Flag("format"); format != nil {
		err = errors.Join(err, a.Findings(format.Value.String(), err))
	}
	err = errors.Join(err, a.Flush())
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

// show tells a person what went wrong, as far as it was not told already.
func show(err error, streams term.Streams) {
	if err = untold(err); err == nil {
		return
	}
	if ds := diag.Of(err); ds != nil {
		report.Diagnostics{Style: streams.Style, Source: app.ReadSource}.Write(streams.Err, ds.Sorted()...)
		return
	}
	fmt.Fprintf(streams.Err, "slipway: %s\n", streams.Style.Paths(err.Error()))
	if u, ok := errors.AsType[*app.UsageError](err); ok {
		fmt.Fprintf(streams.Err, "Run \"%s --help\" for what can be done.\n", cmp.Or(u.Command, "slipway"))
	}
}

// untold is what is left of an error: a run has told of its images already.
func untold(err error) error {
	_, ran := errors.AsType[*engine.RunError](err)
	if _, told := errors.AsType[*app.ToldError](err); !ran && !told {
		return err
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return nil
	}
	var left []error
	for _, one := range joined.Unwrap() {
		left = append(left, untold(one))
	}
	return errors.Join(left...)
}

// newRoot returns the command that holds the others.
func newRoot(a *app.App) *cobra.Command {
	root := &cobra.Command{
		Use:           "slipway",
		Short:         "Build, test and launch families of container images",
		Long:          about,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.ArbitraryArgs,
		RunE:          unknownCommand,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := errors.Join(cmd.ValidateRequiredFlags(), cmd.ValidateFlagGroups()); err != nil {
				return &app.UsageError{Err: err, Command: cmd.CommandPath()}
			}
			return a.Configure(cmd)
		},
	}
	a.Flags.BindGlobal(root)
	root.SetFlagErrorFunc(wrongFlag)
	root.AddCommand(commands(a)...)
	helpful(root)
	complete.All(a, root)
	usageErrors(root)
	return root
}

// unknownCommand is what runs when a word is no command.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	text := fmt.Sprintf("unknown command %q", cmd.CommandPath()+" "+args[0])
	hint := diag.Suggest(args[0], names)
	if ext := filepath.Ext(args[0]); ext == ".yml" || ext == ".yaml" {
		hint = "write slipway run " + args[0]
	}
	if hint != "" {
		text += "; " + hint
	}
	return &app.UsageError{Err: errors.New(text), Command: cmd.CommandPath()}
}

// usageErrors has every command tell a wrong command line as such: cobra takes
// an unknown word after a command that only holds others for a call for help,
// and counts arguments without saying what they are.
func usageErrors(cmd *cobra.Command) {
	if !cmd.Runnable() {
		cmd.Args, cmd.RunE = cobra.ArbitraryArgs, unknownCommand
	}
	if check := cmd.Args; check != nil {
		cmd.Args = func(c *cobra.Command, args []string) error {
			if check(c, args) == nil {
				return nil
			}
			if c.HasSubCommands() && len(args) > 0 {
				return unknownCommand(c, args)
			}
			return &app.UsageError{Err: wrongArguments(c, args), Command: c.CommandPath()}
		}
	}
	for _, sub := range cmd.Commands() {
		usageErrors(sub)
	}
}

// wrongArguments says what a command was given and what it takes.
func wrongArguments(cmd *cobra.Command, args []string) error {
	found := "none"
	if len(args) > 0 {
		found = fmt.Sprintf("%q", args)
	}
	_, takes, _ := strings.Cut(cmd.Use, " ")
	return fmt.Errorf("the arguments of %q are %s, found %s", cmd.CommandPath(), cmp.Or(takes, "none"), strings.Trim(found, "[]"))
}
