package view

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/report"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Report is something that is kept of a run beside what is shown of it.
type Report struct {
	Kind string // one of reportKinds
	File string // a folder for tree; empty: with the chatter, on stderr
}

// reportKinds are the reports there are, and whether each has to be told where
// it goes.
func reportKinds() map[string]bool {
	return map[string]bool{"html": true, "junit": true, "tree": true, "events": true, "profile": false}
}

// ReportWords says how reports are asked for.
const ReportWords = "html=FILE (one page), junit=FILE, tree=FOLDER (a file of JSON for each image), events=FILE (as --format jsonl), profile (what took the time), profile=FILE"

// ParseReports reads what --report was given.
func ParseReports(words []string) ([]Report, error) {
	var out []Report
	for _, word := range words {
		kind, file, named := strings.Cut(word, "=")
		needs, known := reportKinds()[kind]
		if !known {
			fix := cmp.Or(diag.Suggest(kind, slices.Sorted(maps.Keys(reportKinds()))), "write "+ReportWords)
			return nil, fmt.Errorf("--report knows no %q: %s", word, fix)
		}
		if file == "" && (needs || named) {
			return nil, fmt.Errorf("--report %s does not say where to: write %s=PATH", kind, kind)
		}
		out = append(out, Report{Kind: kind, File: file})
	}
	return out, nil
}

// fan is several sinks as one.
type fan []event.Sink

// Emit passes e on to each.
func (f fan) Emit(e event.Event) {
	for _, sink := range f {
		sink.Emit(e)
	}
}

// reports are what collects the reports of a run, and what finishes them.
type reports struct {
	sinks fan
	ends  []func() error
}

func collect(a *app.App, wanted []Report, family *plan.Family) (reports, error) {
	var out reports
	for _, r := range wanted {
		sink, end, err := collector(a, r, family)
		if err != nil {
			return reports{}, err
		}
		out.sinks, out.ends = append(out.sinks, sink), append(out.ends, end)
	}
	return out, nil
}

func (r reports) close() error {
	var errs []error
	for _, end := range r.ends {
		errs = append(errs, end())
	}
	return errors.Join(errs...)
}

// collector returns the sink of one report. All but events are written at the
// end; those are written as they come.
func collector(a *app.App, r Report, family *plan.Family) (event.Sink, func() error, error) {
	switch r.Kind {
	case "html":
		p := &report.Page{Style: a.Streams.Style, Source: app.ReadSource, Parents: family.Graph.Deps}
		return p, func() error { return write(a, r, p.Write) }, nil
	case "tree":
		t := new(report.Tree)
		return t, func() error { return t.Write(r.File) }, nil
	case "events":
		file, err := createReport(r.File)
		return &report.JSONLines{Out: file}, file.Close, err
	case "profile":
		p := &report.Profile{Parents: family.Graph.Deps}
		return p, func() error { return write(a, r, p.Write) }, nil
	default:
		j := &report.JUnit{Style: a.Streams.Style}
		return j, func() error { return write(a, r, j.Write) }, nil
	}
}

func write(a *app.App, r Report, body func(io.Writer) error) error {
	if r.File == "" {
		return body(a.Streams.Err)
	}
	file, err := createReport(r.File)
	if err != nil {
		return err
	}
	return errors.Join(body(file), file.Close())
}

// createReport makes a file, and the folder that it is in.
func createReport(path string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("making the folder of a report: %w", err)
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("writing a report: %w", err)
	}
	return file, nil
}
