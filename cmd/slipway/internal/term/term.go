// Package term is the streams of one invocation: where data goes, where
// chatter goes, how wide the terminal is and whether it may be painted.
//
// Data goes to Out and nothing else does, so that a pipe gets what was asked
// for; warnings, progress and build output go to Err. Colour is used on a
// terminal, if both go to one, unless NO_COLOR is set (https://no-color.org) or
// TERM is "dumb".
package term

import (
	"bytes"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/slipway-build/slipway/core/report"
)

// Streams are the streams of one invocation.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	Style    report.Style
	Terminal bool // Out is a terminal
	Person   bool // In and Err are: somebody can be asked
}

// System returns the process's own streams.
func System(environ []string) Streams {
	s := Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
	s.Style.Dir, _ = os.Getwd() // where there is none, paths are shown whole
	s.Person = term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stderr.Fd()))
	fd := int(os.Stdout.Fd())
	if s.Terminal = term.IsTerminal(fd); s.Terminal {
		if width, _, err := term.GetSize(fd); err == nil {
			s.Style.Width = width
		}
		s.Style.Color = colourful(environ) && term.IsTerminal(int(os.Stderr.Fd()))
	}
	return s
}

func colourful(environ []string) bool {
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		if name == "NO_COLOR" && value != "" || name == "TERM" && value == "dumb" {
			return false
		}
	}
	return true
}

// Test returns streams that read nothing and write to the two buffers.
func Test() (s Streams, out, err *bytes.Buffer) {
	out, err = new(bytes.Buffer), new(bytes.Buffer)
	return Streams{In: strings.NewReader(""), Out: out, Err: err}, out, err
}
