// Package view shows a run while it goes, in the format that was asked for, and
// writes what is kept of it beside that: reports of the run, and those of smoke
// tests.
//
// By default people read the run on stdout. Where stdout is for machines, people
// are told on stderr.
package view

import (
	"errors"
	"sync"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/report"
	"github.com/slipway-build/slipway/sdk/diag"
)

// FormatFlag adds --format to a command that carries out plays.
func FormatFlag(cmd *cobra.Command, format *string) {
	app.FormatFlag(cmd, format, "text", "json", "yaml", "jsonl", "minimal", "oneline")
}

// A View shows a run in the format that was asked for, and collects what its
// reports are made from.
type View struct {
	event.Sink

	reports reports
	answer  func(err error) error // once the run is over, with what it ended with
}

// Open returns what shows a run in a format of FormatFlag, and keeps reports.
func Open(a *app.App, format string, wanted []Report, family *plan.Family) (View, error) {
	reports, err := collect(a, wanted, family)
	if err != nil {
		return View{}, err
	}
	sink, answer := shown(a, format)
	return View{Sink: append(reports.sinks, sink), reports: reports, answer: answer}, nil
}

// Close writes the reports and the answer of a run that ended with err, and
// returns that and all that went wrong with them.
func (v View) Close(err error) error {
	err = errors.Join(err, v.reports.close())
	return errors.Join(err, v.answer(err))
}

// shown is who tells of a run in a format, and what answers once it is over.
func shown(a *app.App, format string) (event.Sink, func(error) error) {
	chat := report.Chat{Err: a.Streams.Err, Style: a.Streams.Style, Source: app.ReadSource, Verbosity: a.Flags.Verbosity}
	people := &report.Text{Out: a.Streams.Err, Chat: chat}
	none := func(error) error { return nil }
	switch format {
	case "json", "yaml":
		d := &report.Document{Style: a.Streams.Style}
		return fan{d, &failures{app: a, next: people}}, func(err error) error {
			return a.Answer(format, d.Answer(a.Found(err), app.Failure(err)), nil)
		}
	case "jsonl":
		return fan{&report.JSONLines{Out: a.Streams.Out}, people}, none
	case "minimal", "oneline":
		return &report.Brief{Out: a.Streams.Out, OneLine: format == "oneline", Chat: chat}, none
	case "sarif":
		return &failures{app: a, next: people}, none
	case "github":
		return &failures{app: a, next: &report.Text{Out: a.Streams.Out, Groups: true, Chat: chat}}, none
	default:
		return &report.Text{Out: a.Streams.Out, Chat: chat}, none
	}
}

// failures keeps what went wrong in a run as findings.
type failures struct {
	app  *app.App
	next event.Sink

	mu    sync.Mutex
	tasks []event.Task // of the play under way
}

// Emit passes e on.
func (f *failures) Emit(e event.Event) {
	switch e := e.(type) {
	case event.PlayStarted:
		f.mu.Lock()
		f.tasks = e.Tasks
		f.mu.Unlock()
	case event.Warning:
		f.app.Find(e.Diagnostic)
	case event.StepFinished:
		if e.Result.Err != nil && !e.Ignored && !e.Rescued {
			f.app.Find(f.failed(e)...)
		}
	}
	f.next.Emit(e)
}

// failed is a failed step as findings: those it brings, else what it says, at
// its task.
func (f *failures) failed(e event.StepFinished) diag.List {
	if ds := diag.Of(e.Result.Err); ds != nil {
		return ds
	}
	var pos diag.Pos
	f.mu.Lock()
	defer f.mu.Unlock()
	if e.Step.Task < len(f.tasks) {
		pos = f.tasks[e.Step.Task].Pos
	}
	return diag.List{diag.Errorf("step-"+string(e.Outcome), pos, "%s: %s: %v", e.Step.Image, e.Step.Name, e.Result.Err)}
}
