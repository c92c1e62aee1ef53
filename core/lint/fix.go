package lint

import (
	"bytes"
	"reflect"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/document"
)

// Fix mends the layout of a YAML file: what rules that are on find and can
// mend. A change after which the file would be read otherwise is not made, and
// a file that cannot be read is left as it is.
func Fix(f File, actions []string, levels Levels) []byte {
	before, ds := document.Parse(f.Name, f.Src)
	if ds.Err() != nil {
		return f.Src
	}
	for mended := true; mended; {
		mended = false
		for _, m := range menders() {
			if levels.of(m.rule) == Off {
				continue
			}
			for _, src := range m.offers(f, actions) {
				if !bytes.Equal(src, f.Src) && sameMeaning(f.Name, before, src) {
					f.Src, mended = src, true
					break
				}
			}
		}
	}
	return f.Src
}

// A mender offers changes for what its rule finds, one place at a time.
type mender struct {
	rule   Rule
	offers func(f File, actions []string) [][]byte
}

func menders() []mender {
	return []mender{
		{keyOrder(), nameFirst},
		{trailingSpace(), trimLines},
		{finalNewline(), func(f File, _ []string) [][]byte { return [][]byte{endOnce(f.Src)} }},
	}
}

// sameMeaning reports whether src reads as before: the same values, with the
// same text, under the same keys. The order of keys has no meaning.
func sameMeaning(name string, before document.Node, src []byte) bool {
	after, ds := document.Parse(name, src)
	return ds.Err() == nil && reflect.DeepEqual(before.Value(), after.Value()) && slices.Equal(texts(before), texts(after))
}

// texts are the scalars of a document as written, in an order that the order of
// keys has no part in.
func texts(n document.Node) []string {
	var out []string
	document.Walk(n, func(leaf document.Node) { out = append(out, leaf.Text()) })
	slices.Sort(out)
	return out
}

// trimLines offers the file without the blanks at the end of one line, for each
// that has some.
func trimLines(f File, _ []string) [][]byte {
	lines := strings.Split(string(f.Src), "\n")
	var offers [][]byte
	for i, line := range lines {
		if trimmed(line) != line {
			one := slices.Clone(lines)
			one[i] = trimmed(line)
			offers = append(offers, []byte(strings.Join(one, "\n")))
		}
	}
	return offers
}

// nameFirst offers the file with the name of one play or task moved to its
// front, for each that has it elsewhere.
func nameFirst(f File, actions []string) [][]byte {
	root, _ := document.Parse(f.Name, f.Src)
	l := &look{site: Site{Actions: actions}, files: []yamlFile{{f, root}}}
	var offers [][]byte
	for n := range l.units() {
		if at := nameAt(n); at > 0 {
			if src, ok := moveUp(f.Src, n.Entries(), at); ok {
				offers = append(offers, src)
			}
		}
	}
	return offers
}

// moveUp swaps a line "  name: x" with the line of the first entry, "- build:",
// so that each entry keeps its own lines. It is not done where the two do not
// stand on lines of their own.
func moveUp(src []byte, entries []document.Entry, at int) ([]byte, bool) {
	first, name := entries[0].Key.Pos(), entries[at].Key.Pos()
	lines := strings.SplitAfter(string(src), "\n")
	if first.Line == name.Line || first.Column != name.Column || name.Line > len(lines) {
		return nil, false
	}
	from, to := name.Line-1, first.Line-1
	head, rest, ok := cutColumn(lines[to], first.Column)
	blank, moved, ok2 := cutColumn(lines[from], name.Column)
	if !ok || !ok2 || strings.TrimSpace(blank) != "" || !strings.HasSuffix(moved, "\n") {
		return nil, false
	}
	lines = slices.Delete(lines, from, from+1)
	lines[to] = strings.Repeat(" ", first.Column-1) + rest
	return []byte(strings.Join(slices.Insert(lines, to, head+moved), "")), true
}

// cutColumn cuts a line before a column, counted in runes from one.
func cutColumn(line string, column int) (before, after string, ok bool) {
	runes := []rune(line)
	if column < 1 || column > len(runes) {
		return "", "", false
	}
	return string(runes[:column-1]), string(runes[column-1:]), true
}
