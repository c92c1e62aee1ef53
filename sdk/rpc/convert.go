package rpc

import (
	"strings"

	"github.com/slipway-build/slipway/sdk/diag"
	strategyv1 "github.com/slipway-build/slipway/sdk/proto/slipway/strategy/v1"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// each converts a list; nothing stays nil.
func each[A, B any](in []A, convert func(A) B) []B {
	var out []B
	for _, a := range in {
		out = append(out, convert(a))
	}
	return out
}

// text makes s fit for a string field: the wire carries UTF-8 only, and a
// message about a strange file name must not be lost for its sake.
func text(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

func targetToWire(t strategy.Target) *strategyv1.Target {
	return &strategyv1.Target{Image: t.Image, Platform: t.Platform}
}

func targetFromWire(t *strategyv1.Target) strategy.Target {
	return strategy.Target{Image: t.GetImage(), Platform: t.GetPlatform()}
}

func diagnosticToWire(d diag.Diagnostic) *strategyv1.Diagnostic {
	return &strategyv1.Diagnostic{
		Severity: severityToWire(d.Severity),
		Code:     text(d.Code),
		Summary:  text(d.Summary),
		Detail:   text(d.Detail),
		Path:     text(d.Path),
		Position: &strategyv1.Position{
			File: text(d.Pos.File), Line: int64(d.Pos.Line), Column: int64(d.Pos.Column), End: int64(d.Pos.End),
		},
		Fix: text(d.Fix),
	}
}

func diagnosticFromWire(d *strategyv1.Diagnostic) diag.Diagnostic {
	p := d.GetPosition()
	return diag.Diagnostic{
		Severity: severityFromWire(d.GetSeverity()),
		Code:     d.GetCode(),
		Summary:  d.GetSummary(),
		Detail:   d.GetDetail(),
		Path:     d.GetPath(),
		Pos:      diag.Pos{File: p.GetFile(), Line: int(p.GetLine()), Column: int(p.GetColumn()), End: int(p.GetEnd())},
		Fix:      d.GetFix(),
	}
}

func severityToWire(s diag.Severity) strategyv1.Diagnostic_Severity {
	switch s {
	case diag.Warning:
		return strategyv1.Diagnostic_SEVERITY_WARNING
	case diag.Note:
		return strategyv1.Diagnostic_SEVERITY_NOTE
	default:
		return strategyv1.Diagnostic_SEVERITY_ERROR
	}
}

func severityFromWire(s strategyv1.Diagnostic_Severity) diag.Severity {
	switch s {
	case strategyv1.Diagnostic_SEVERITY_WARNING:
		return diag.Warning
	case strategyv1.Diagnostic_SEVERITY_NOTE:
		return diag.Note
	default:
		return diag.Error
	}
}

func diagnosticsToWire(l diag.List) []*strategyv1.Diagnostic { return each(l, diagnosticToWire) }

func diagnosticsFromWire(l []*strategyv1.Diagnostic) diag.List { return each(l, diagnosticFromWire) }
