package report_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/report"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Advice is broken between words on a terminal, and nowhere else.
func TestAdviceFitsTheTerminal(t *testing.T) {
	d := diag.Errorf("unknown-key", diag.Pos{}, "unknown key").
		WithDetail("The rule is written down in detail elsewhere.\nAverylongwordthatcannotbebrokenatall is kept.").
		WithFix("the keys here are build, command, debug")
	show := func(width int) string {
		var b strings.Builder
		report.Diagnostics{Style: report.Style{Width: width}}.Write(&b, d)
		return b.String()
	}
	want := `error[unknown-key]: unknown key
   The rule is written down in
   detail elsewhere.
   Averylongwordthatcannotbebrokenatall
   is kept.
   hint: the keys here are
   build, command, debug
`
	if diff := cmp.Diff(want, show(30)); diff != "" {
		t.Errorf("30 columns (-want +got):\n%s", diff)
	}
	if got := show(0); strings.Count(got, "\n") != 4 {
		t.Errorf("without a terminal lines are broken:\n%s", got)
	}
}
