package report

import (
	"fmt"
	"io"
	"regexp"
)

// heading opens a task: with a banner, or with a group that GitHub folds away
// and that ends at the next heading.
func (t *Text) heading(title string) {
	if !t.Groups {
		t.banner(t.titled(title))
		return
	}
	t.endGroup()
	t.group = true
	_, _ = fmt.Fprintf(t.Out, "::group::%s\n", escapeData(t.titled(title)))
}

func (t *Text) endGroup() {
	if t.group {
		t.group = false
		_, _ = fmt.Fprintln(t.Out, "::endgroup::")
	}
}

// commandLike finds what a runner would obey: it skips blanks in front of a
// command.
var commandLike = regexp.MustCompile(`(?m)^(\s*)::`)

// write writes the lines of a task. Where commands are obeyed, none that
// happens to stand in the text of a step is.
func (t *Text) write(lines string) {
	if t.Groups {
		lines = commandLike.ReplaceAllString(lines, "$1: :")
	}
	_, _ = io.WriteString(t.Out, lines)
}
