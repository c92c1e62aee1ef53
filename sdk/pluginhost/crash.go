package pluginhost

import (
	"errors"
	"fmt"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// quoted is how many lines of standard error an error message shows.
const quoted = 20

// errEnded is the error of a call that was under way when its host ended the
// plugin.
var errEnded = errors.New("it was ended before it had answered")

// A CrashError tells of a plugin whose process ended by itself.
type CrashError struct {
	Name     string
	PID      int
	Signal   syscall.Signal // 0: it exited
	ExitCode int
	Starting bool   // it had not said that it was ready
	Stderr   string // the last 64 KiB
}

// Error says how the process ended and what it said last.
func (e *CrashError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "plugin %s (pid %d) ", e.Name, e.PID)
	switch {
	case e.Signal != 0:
		fmt.Fprintf(&b, "was killed by %s", unix.SignalName(e.Signal))
	default:
		fmt.Fprintf(&b, "exited with status %d", e.ExitCode)
	}
	if e.Starting {
		b.WriteString(" before it was ready")
	}
	b.WriteString(said("it said last", e.Stderr))
	return b.String()
}

// said quotes the last lines of text, or is empty when there are none.
func said(lead, text string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		return ""
	}
	lines := strings.Split(text, "\n")
	lines = lines[max(0, len(lines)-quoted):]
	for i, line := range lines {
		lines[i] = cut(line, 500)
	}
	return "; " + lead + ":\n  " + strings.Join(lines, "\n  ")
}

// cut shortens line to at most n bytes.
func cut(line string, n int) string {
	if len(line) <= n {
		return line
	}
	return strings.ToValidUTF8(line[:n], "") + "…"
}
