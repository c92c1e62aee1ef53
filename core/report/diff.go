package report

import (
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/slipway-build/slipway/core/event"
)

// diffs shows texts before and after a step, as a patch would.
func (s Style) diffs(all []event.Diff) string {
	var b strings.Builder
	for _, d := range all {
		path := s.Path(d.Path)
		patch := string(diff.Diff("before: "+path, []byte(d.Before), "after: "+path, []byte(d.After)))
		_, patch, _ = strings.Cut(patch, "\n") // the command that would make it
		for line := range strings.Lines(patch) {
			b.WriteString(s.paint(diffColour(line), strings.TrimRight(line, "\n")) + "\n")
		}
	}
	return b.String()
}

func diffColour(line string) colour {
	switch line[0] {
	case '+':
		return green
	case '-':
		return red
	case '@':
		return cyan
	default:
		return plain
	}
}
