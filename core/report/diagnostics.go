package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/slipway-build/slipway/sdk/diag"
)

// Diagnostics shows problems with the line that is to blame.
type Diagnostics struct {
	Style  Style
	Source func(file string) []byte // nil, or a nil answer: no snippet
}

// Write shows each of ds:
//
//	playbooks/nightly.yml:27:7: error[unknown-key]: unknown key "wen"
//	   26 |     - name: Push
//	   27 |       wen: .build.changed
//	      |       ^^^
//	   hint: did you mean "when"?
func (p Diagnostics) Write(w io.Writer, ds ...diag.Diagnostic) {
	for _, d := range ds {
		_, _ = io.WriteString(w, p.format(d))
	}
}

func (p Diagnostics) format(d diag.Diagnostic) string {
	var b strings.Builder
	b.WriteString(p.head(d))
	b.WriteString(p.snippet(d.Pos))
	for line := range strings.Lines(d.Detail) {
		b.WriteString(p.Style.wrap("   "+p.Style.Paths(strings.TrimRight(line, "\n")), "   ") + "\n")
	}
	if d.Fix != "" {
		const hint = "   hint: "
		text := p.Style.wrap(hint+p.Style.Paths(d.Fix), "   ")
		b.WriteString(p.Style.paint(cyan, hint) + strings.TrimPrefix(text, hint) + "\n")
	}
	return b.String()
}

func (p Diagnostics) head(d diag.Diagnostic) string {
	word := d.Severity.String()
	if d.Code != "" {
		word += "[" + d.Code + "]"
	}
	c := map[diag.Severity]colour{diag.Error: red, diag.Warning: yellow, diag.Note: blue}[d.Severity]
	head := p.Style.paint(c, word+":") + " " + p.Style.Paths(d.Summary) + "\n"
	if d.Pos.IsValid() {
		pos := d.Pos
		pos.File = p.Style.Path(pos.File)
		head = p.Style.paint(bold, pos.String()+":") + " " + head
	}
	return head
}

// snippet is the guilty line, the one before it, and a caret.
func (p Diagnostics) snippet(pos diag.Pos) string {
	if p.Source == nil || pos.Line == 0 {
		return ""
	}
	lines := strings.Split(string(p.Source(pos.File)), "\n")
	if pos.Line > len(lines) || (len(lines) == 1 && lines[0] == "") {
		return ""
	}
	var b strings.Builder
	for n := max(1, pos.Line-1); n <= pos.Line; n++ {
		if text := strings.TrimRight(lines[n-1], "\r"); text != "" || n == pos.Line {
			fmt.Fprintf(&b, "%5d | %s\n", n, strings.ReplaceAll(text, "\t", " "))
		}
	}
	if pos.Column > 0 {
		carets := strings.Repeat("^", max(1, pos.End-pos.Column))
		fmt.Fprintf(&b, "      | %s%s\n", strings.Repeat(" ", pos.Column-1), p.Style.paint(red, carets))
	}
	return b.String()
}

// problem is err as the lines of a failed step.
func (t *Text) problem(err error) string {
	ds := diag.Of(err)
	if ds == nil {
		return t.Style.Paths(err.Error())
	}
	var b strings.Builder
	Diagnostics{Style: t.Style, Source: t.Source}.Write(&b, ds...)
	return b.String()
}
