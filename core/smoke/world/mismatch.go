package world

import "fmt"

// A Mismatch says that a check was performed and the image is not as wanted.
// Any other error of a step says that the check could not be performed.
type Mismatch struct {
	Text  string
	Final bool // waiting cannot help: the container has exited
}

// Error returns what was found and what was wanted.
func (m Mismatch) Error() string { return m.Text }

// Mismatchf returns a Mismatch with the text that format and args make.
func Mismatchf(format string, args ...any) error {
	return Mismatch{Text: fmt.Sprintf(format, args...)}
}

// Finalf returns a Mismatch that no waiting will cure.
func Finalf(format string, args ...any) error {
	return Mismatch{Text: fmt.Sprintf(format, args...), Final: true}
}
