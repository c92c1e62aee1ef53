// Package report shows what a run says, to people and to machines.
//
// [Text] writes Ansible's look: banners, one line per step, a recap. [Brief] is
// Ansible's minimal and oneline. [JSONLines] writes one JSON object per event,
// [Document] makes one answer of a whole run, and [Tree] one file per image. What
// else is wanted of a run is collected meanwhile: [JUnit], [Profile].
// [Diagnostics] shows problems with the source line and a caret. All of them
// write where they are told to: data to one writer, chatter to another. Width
// and colour are given by the caller, who knows the terminal.
package report

// A Style says what the writer at the other end can show.
type Style struct {
	Width int    // columns; 0: 80
	Color bool   // ANSI colours
	Dir   string // where the reader stands: paths below it are shown from there; empty: as they are
}

func (s Style) width() int {
	if s.Width <= 0 {
		return 80
	}
	return s.Width
}

// A colour is the parameter of an ANSI "select graphic rendition" sequence, as
// Ansible writes it: its columns are counted in these bytes.
type colour string

const (
	plain  colour = ""
	bold   colour = "1"
	red    colour = "0;31"
	green  colour = "0;32"
	yellow colour = "0;33"
	blue   colour = "0;34"
	purple colour = "0;35"
	cyan   colour = "0;36"

	brightRed    colour = "1;31"
	brightPurple colour = "1;35"
)

func (s Style) paint(c colour, text string) string {
	if !s.Color || c == plain || text == "" {
		return text
	}
	return "\x1b[" + string(c) + "m" + text + "\x1b[0m"
}
