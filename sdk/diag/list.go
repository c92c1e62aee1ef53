package diag

import (
	"slices"
	"strings"
)

// A List is what a pass found. The nil List is good news.
type List []Diagnostic

// Add appends ds.
func (l *List) Add(ds ...Diagnostic) { *l = append(*l, ds...) }

// Errors returns those of l that are errors.
func (l List) Errors() List {
	var out List
	for _, d := range l {
		if d.Severity == Error {
			out = append(out, d)
		}
	}
	return out
}

// Err returns l as an error when at least one of it is an error, else nil.
// Warnings do not make an error, but travel with one.
func (l List) Err() error {
	if len(l.Errors()) == 0 {
		return nil
	}
	return l
}

// Sorted returns l ordered by place, each exact repetition dropped.
func (l List) Sorted() List {
	out := slices.Clone(l)
	slices.SortStableFunc(out, func(a, b Diagnostic) int { return a.Pos.Compare(b.Pos) })
	return slices.Compact(out)
}

// Error returns one line per diagnostic.
func (l List) Error() string {
	lines := make([]string, len(l))
	for i, d := range l {
		lines[i] = d.Error()
	}
	return strings.Join(lines, "\n")
}
