package buildkey

import "bytes"

// A lineCounter counts the lines of a text that is written to it.
type lineCounter struct {
	newlines int
	binary   bool // a zero byte was met
	open     bool // the last line has no newline
}

// Write never fails.
func (c *lineCounter) Write(b []byte) (int, error) {
	c.binary = c.binary || bytes.IndexByte(b, 0) >= 0
	c.newlines += bytes.Count(b, []byte{'\n'})
	if len(b) > 0 {
		c.open = b[len(b)-1] != '\n'
	}
	return len(b), nil
}

// count returns the number of lines, 0 for what is no text.
func (c *lineCounter) count() int {
	switch {
	case c.binary:
		return 0
	case c.open:
		return c.newlines + 1
	default:
		return c.newlines
	}
}
