package app

import (
	"sync"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/report"
	"github.com/slipway-build/slipway/sdk/diag"
)

// RunFormatFlag adds --format to a command that carries out plays.
func RunFormatFlag(cmd *cobra.Command, format *string) {
	FormatFlag(cmd, format, "text", "json", "yaml", "jsonl", "minimal", "oneline")
}

// A runView shows a run in the format that was asked for.
type runView struct {
	event.Sink
	end func(err error) error // once the run is over, with what it ended with
}

// runView returns who shows a run. Where stdout is for machines, people are
// told on stderr.
func (a *App) runView(format string) runView {
	chat := report.Chat{Err: a.Streams.Err, Style: a.Streams.Style, Source: ReadSource, Verbosity: a.Flags.Verbosity}
	people := &report.Text{Out: a.Streams.Err, Chat: chat}
	none := func(error) error { return nil }
	switch format {
	case "json", "yaml":
		d := &report.Document{Style: a.Streams.Style}
		return runView{fan{d, &failures{app: a, next: people}}, func(err error) error {
			return a.Answer(format, d.Answer(a.found(err), failure(err)), nil)
		}}
	case "jsonl":
		return runView{fan{&report.JSONLines{Out: a.Streams.Out}, people}, none}
	case "minimal", "oneline":
		return runView{&report.Brief{Out: a.Streams.Out, OneLine: format == "oneline", Chat: chat}, none}
	case "sarif":
		return runView{&failures{app: a, next: people}, none}
	case "github":
		return runView{&failures{app: a, next: &report.Text{Out: a.Streams.Out, Groups: true, Chat: chat}}, none}
	default:
		return runView{&report.Text{Out: a.Streams.Out, Chat: chat}, none}
	}
}

// failures keeps what went wrong in a run as findings.
type failures struct {
	app  *App
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
