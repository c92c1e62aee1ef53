// Package runs implements `slipway runs`.
package runs

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/report"
)

// New returns the command.
func New(a *app.App) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "runs [RUN]",
		Short: "Which runs there were, how they ended, what became of each image",
		Long: strings.TrimSpace(`
List the runs of this project on this machine, the newest first, or what the
steps of one came to. A run that is interrupted has not ended: slipway resume
goes on with it. What steps printed is shown by slipway logs. Runs that slipway
prune has removed are not listed.`),
		Example: "  slipway runs\n  slipway runs 20261121T101500.000Z-3f9a1c --format json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			l, err := a.Ledger()
			if err != nil {
				return err
			}
			if len(args) == 1 {
				return one(a, l, format, args[0])
			}
			return list(a, l, format)
		},
	}
	cmd.ValidArgsFunction = func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return ids(a), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	}
	app.FormatFlag(cmd, &format, "text", "json", "yaml")
	return cmd
}

// ids are the names of all runs, the newest first.
func ids(a *app.App) (out []string) {
	l, err := a.Ledger()
	if err != nil {
		return nil
	}
	all, err := l.Runs()
	if err != nil {
		return nil
	}
	for _, r := range all {
		out = append(out, r.ID)
	}
	return out
}

// A Run is one run in the answer of `slipway runs`, whose form is part of the
// command line's contract.
type Run struct {
	ID      string    `json:"run"`
	State   string    `json:"state"` // "done", "failed", "refused", "unreachable", "invalid", "interrupted", "under way"
	Code    *int      `json:"code"`  // null until it has ended
	Begun   time.Time `json:"begun"`
	Ended   time.Time `json:"ended,omitzero"`
	User    string    `json:"user"`
	Command []string  `json:"command"` // the words after slipway
}

func newRun(s ledger.Summary) Run {
	r := Run{ID: s.ID, State: state(s), Begun: s.Begun, Ended: s.Ended, User: s.Info.User, Command: []string{}}
	if len(s.Info.Args) > 0 {
		r.Command = s.Info.Args[1:]
	}
	if !s.Ended.IsZero() {
		r.Code = &s.Code
	}
	return r
}

// state is how a run ended, in a word.
func state(s ledger.Summary) string {
	if s.Busy {
		return "under way"
	}
	if s.Ended.IsZero() {
		return "interrupted"
	}
	words := map[app.ExitCode]string{
		app.Done: "done", app.ImageFailed: "failed", app.Refused: "refused", app.Unreachable: "unreachable",
		app.Usage: "invalid", app.Invalid: "invalid", app.Interrupted: "interrupted",
	}
	if word, ok := words[app.ExitCode(s.Code)]; ok {
		return word
	}
	return "broken"
}

func list(a *app.App, l *ledger.Ledger, format string) error {
	all, err := l.Runs()
	if err != nil {
		return err
	}
	runs := make([]Run, 0, len(all))
	for _, s := range all {
		runs = append(runs, newRun(s))
	}
	return a.Answer(format, map[string]any{"runs": runs}, func(w io.Writer) error {
		if len(runs) == 0 {
			_, err := fmt.Fprintln(w, "there were no runs here")
			return err
		}
		for _, r := range runs {
			if _, err := fmt.Fprintln(w, r); err != nil {
				return err
			}
		}
		return nil
	})
}

// String is the run in a line.
func (r Run) String() string {
	took := "-"
	if !r.Ended.IsZero() {
		took = report.Duration(r.Ended.Sub(r.Begun))
	}
	return fmt.Sprintf("%s  %s  %10s  %-11s  %s", r.ID, r.Begun.Local().Format(time.DateTime), took, r.State, strings.Join(r.Command, " "))
}

// one answers with a run and its steps.
func one(a *app.App, l *ledger.Ledger, format, id string) error {
	summary, err := l.Summary(id)
	if errors.Is(err, ledger.ErrUnknownRun) {
		return &app.UsageError{Err: fmt.Errorf("there is no run %q", id), Command: "slipway runs"}
	}
	if err != nil {
		return err
	}
	steps, err := stepsOf(l, id)
	if err != nil {
		return err
	}
	answer := struct {
		Run
		Folder string `json:"folder"`
		Steps  []Step `json:"steps"`
	}{newRun(summary), filepath.Join(l.Dir(), "runs", id), steps}
	return a.Answer(format, answer, func(w io.Writer) error {
		fmt.Fprintln(w, answer.Run)
		for _, s := range steps {
			if _, err := fmt.Fprintln(w, s); err != nil {
				return err
			}
		}
		return nil
	})
}
