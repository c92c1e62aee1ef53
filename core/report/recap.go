package report

import (
	"fmt"
	"strings"

	"github.com/slipway-build/slipway/core/event"
)

// recap writes one line per image: Ansible's line, byte for byte, then the
// counters that only images have. As there, a blank line follows.
func (t *Text) recap(title string, counts []event.Count) {
	t.flush()
	t.banner(title)
	for _, c := range counts {
		_, _ = fmt.Fprintln(t.Out, t.recapLine(c))
	}
	_, _ = fmt.Fprintln(t.Out)
}

// end writes the recap of the run. After those of single playbooks it says that
// it is about all of them.
func (t *Text) end(e event.RunFinished) {
	title := "PLAY RECAP"
	if t.books > 0 {
		title = fmt.Sprintf("PLAY RECAP [%d of %d playbooks]", t.books, len(t.playbooks))
	}
	t.recap(title, e.Recap)
	if e.Interrupted {
		_, _ = fmt.Fprintln(t.Out, t.Style.paint(red, "interrupted"))
	}
	t.dryRun()
}

func (t *Text) recapLine(c event.Count) string {
	name := fmt.Sprintf("%-26s", c.Image)
	if t.Style.Color {
		// Ansible pads the painted name to 37.
		name = fmt.Sprintf("%-37s", t.Style.paint(recapColour(c), c.Image))
	}
	cells := []string{
		t.counter(green, "ok", c.OK), t.counter(yellow, "changed", c.Changed),
		t.counter(brightRed, "unreachable", c.Unreachable), t.counter(red, "failed", c.Failed),
		t.counter(cyan, "skipped", c.Skipped), t.counter(green, "rescued", c.Rescued),
		t.counter(brightPurple, "ignored", c.Ignored), t.counter(purple, "blocked", c.Blocked),
		t.counter(green, "promoted", c.Promoted), t.counter(red, "held", c.Held),
	}
	return strings.TrimRight(name+" : "+strings.Join(cells, " "), " ")
}

func recapColour(c event.Count) colour {
	switch {
	case !c.Good():
		return red
	case c.Changed > 0:
		return yellow
	default:
		return green
	}
}

// counter is "ok=4   ", painted when it is not zero.
func (t *Text) counter(c colour, name string, n int) string {
	cell := fmt.Sprintf("%s=%-4d", name, n)
	if n == 0 {
		return cell
	}
	return t.Style.paint(c, cell)
}
