package report

import (
	"cmp"
	"io"
	"strconv"
	"strings"

	"github.com/slipway-build/slipway/sdk/diag"
)

// GitHub writes a workflow command for each finding, which GitHub shows beside
// the line that is to blame:
//
//	::error file=playbooks/nightly.yml,line=27,col=7,endColumn=11,title=unknown-key::unknown key "regster"
func (f Findings) GitHub(w io.Writer) error {
	var b strings.Builder
	for _, d := range f.Found {
		b.WriteString(f.workflowCommand(d))
	}
	if f.Failure != "" {
		b.WriteString("::error title=slipway::" + escapeData(f.Failure) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (f Findings) workflowCommand(d diag.Diagnostic) string {
	word := map[diag.Severity]string{diag.Error: "error", diag.Warning: "warning", diag.Note: "notice"}[d.Severity]
	var properties []string
	property := func(name, value string) {
		properties = append(properties, name+"="+escapeProperty(value))
	}
	number := func(name string, n int) {
		if n > 0 {
			property(name, strconv.Itoa(n))
		}
	}
	if d.Pos.IsValid() {
		property("file", f.Style.Path(d.Pos.File))
	}
	number("line", d.Pos.Line)
	number("col", d.Pos.Column)
	number("endColumn", d.Pos.End)
	property("title", cmp.Or(d.Code, "slipway"))
	return "::" + word + " " + strings.Join(properties, ",") + "::" + escapeData(f.Style.said(d)) + "\n"
}

// escapeData and escapeProperty keep text from ending a command, or beginning
// another one: these are the runner's own escapes, undone when it reads them.
func escapeData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func escapeProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}
