package app

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/report"
)

// A RunReport is something that is written when a run is over.
type RunReport struct {
	Kind string // "junit" or "profile"
	File string // empty: with the chatter, on stderr
}

// ParseReports reads what --report was given: junit=FILE, profile, profile=FILE.
func ParseReports(words []string) ([]RunReport, error) {
	var out []RunReport
	for _, word := range words {
		kind, file, named := strings.Cut(word, "=")
		switch {
		case kind == "profile" && (file != "" || !named), kind == "junit" && file != "":
			out = append(out, RunReport{Kind: kind, File: file})
		case kind == "junit":
			return nil, errors.New("--report junit does not say where to: write junit=FILE")
		default:
			return nil, fmt.Errorf("--report knows no %q: write junit=FILE, profile or profile=FILE", word)
		}
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

// A writer is a sink that writes what it has collected.
type writer interface {
	event.Sink
	Write(w io.Writer) error
}

// collectors returns the sinks of reports, and what writes them.
func (a *App) collectors(reports []RunReport, family *plan.Family) (sinks fan, write func() error) {
	writers := make([]writer, len(reports))
	for i, r := range reports {
		writers[i] = &report.JUnit{Style: a.Streams.Style}
		if r.Kind == "profile" {
			writers[i] = &report.Profile{Parents: family.Graph.Deps}
		}
		sinks = append(sinks, writers[i])
	}
	return sinks, func() error {
		var errs []error
		for i, r := range reports {
			errs = append(errs, a.writeRunReport(r, writers[i]))
		}
		return errors.Join(errs...)
	}
}

func (a *App) writeRunReport(r RunReport, w writer) error {
	if r.File == "" {
		return w.Write(a.Streams.Err)
	}
	if err := os.MkdirAll(filepath.Dir(r.File), 0o755); err != nil {
		return fmt.Errorf("making the folder of a report: %w", err)
	}
	file, err := os.Create(r.File)
	if err != nil {
		return fmt.Errorf("writing a report: %w", err)
	}
	return errors.Join(w.Write(file), file.Close())
}
