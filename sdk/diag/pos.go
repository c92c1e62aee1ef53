package diag

import (
	"cmp"
	"fmt"
)

// A Pos is a place in a file. Line, Column and End count from one; Column and
// End count runes. The zero Pos is no place.
type Pos struct {
	File   string
	Line   int // 0: the file as a whole
	Column int // 0: the line as a whole
	End    int // column after the last rune of what is meant; 0: unknown
}

// IsValid reports whether p names a file.
func (p Pos) IsValid() bool { return p.File != "" }

// String returns "file", "file:line" or "file:line:col".
func (p Pos) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	default:
		return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
	}
}

// Compare orders places by file, line and column.
func (p Pos) Compare(q Pos) int {
	return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}
