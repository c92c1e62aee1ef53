package refs

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Rewrite replaces the references in one file. All mistakes are told; with one
// nothing is replaced.
func (r Rewriter) Rewrite(file string, src []byte) (Rewriting, diag.List) {
	out := Rewriting{File: file, Before: src, After: src}
	documents, ds := document.ParseAll(file, src)
	if ds.Err() != nil {
		return out, r.unreadable(src, ds)
	}
	f := &finder{Rewriter: r, file: file, markers: markersOf(file, src)}
	for _, n := range documents {
		f.notComments(n)
	}
	for _, n := range documents {
		f.document(n)
	}
	f.checkMarkers()
	replacements := f.replacements(src)
	if f.found.Err() != nil {
		return out, f.found.Sorted()
	}
	after := apply(src, replacements)
	if ds := verify(file, documents, after, replacements); ds != nil {
		return out, ds
	}
	out.After = after
	for _, r := range replacements {
		out.Changes = append(out.Changes, r.Change)
	}
	return out, nil
}

// unreadable decides what becomes of a file that is no YAML: templates of Helm
// are none, and hold no references of ours.
func (r Rewriter) unreadable(src []byte, ds diag.List) diag.List {
	if !bytes.Contains(src, []byte(markerWord)) && !slices.ContainsFunc(r.Images, func(m Image) bool { return mentions(src, m.Repository) }) {
		return nil
	}
	for i := range ds {
		ds[i] = ds[i].WithDetail("The file refers to an image of the inventory, and cannot be rewritten like this.")
	}
	return ds
}

// mentions reports whether text holds a repository, not as part of a longer
// name.
func mentions(text []byte, repository string) bool {
	for {
		i := bytes.Index(text, []byte(repository))
		if i < 0 {
			return false
		}
		before, after := i == 0 || !nameByte(text[i-1]), i+len(repository) == len(text) || !nameByte(text[i+len(repository)])
		if before && after {
			return true
		}
		text = text[i+1:]
	}
}

// nameByte reports whether a byte may go on with a repository's name.
func nameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || bytes.IndexByte([]byte("./-_"), c) >= 0
}

// A replacement is an edit with the bytes it is about.
type replacement struct {
	edit
	span  document.Span
	bytes string
}

// replacements are the edits in the order of the file, each value once, however
// many aliases lead to it.
func (f *finder) replacements(src []byte) []replacement {
	var out []replacement
	for _, e := range f.edits {
		span, ok := e.node.Span()
		if !ok {
			f.found.Add(diag.Errorf("unreplaceable", e.Pos, "the reference to %s does not stand on one line", e.Image).WithFix("write %q on one line", e.Old))
			continue
		}
		r := replacement{e, span, e.New}
		if e.Old == e.New {
			r.bytes = string(src[span.Start:span.End])
		} else if span.Plain && !readsAsText(e.New) {
			r.bytes = `"` + e.New + `"`
		}
		out = append(out, r)
	}
	slices.SortStableFunc(out, func(a, b replacement) int { return cmp.Compare(a.span.Start, b.span.Start) })
	for i := 1; i < len(out); i++ {
		if a, b := out[i-1], out[i]; a.span.Start == b.span.Start && a.New != b.New {
			f.found.Add(diag.Errorf("two-references", a.Pos, "the value is to be both %q and %q: it is used as %s and as %s", a.New, b.New, a.Path, b.Path).
				WithFix("write two values instead of one with an alias"))
		}
	}
	return slices.CompactFunc(out, func(a, b replacement) bool { return a.span.Start == b.span.Start })
}

// readsAsText reports whether a text without quotes is that text to YAML: a tag
// 1.10 or on needs them.
func readsAsText(text string) bool {
	n, ds := document.Parse("", []byte(text))
	value, ok := n.Value().(string)
	return ds == nil && ok && value == text && !otherThanText.MatchString(text)
}

// otherThanText matches what some reader of YAML takes for a number, a truth
// or a time, whatever ours makes of it.
var otherThanText = regexp.MustCompile(`^(?i:|[-+]?[0-9][0-9_]*(\.[0-9_]*)?(e[-+]?[0-9]+)?|[-+]?\.[0-9_]+(e[-+]?[0-9]+)?|0[xob][0-9a-f_]+|[-+]?\.(inf|nan)|[0-9]+(:[0-9]{2})+|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*|y|n|yes|no|on|off|true|false|null|~)$`)

func apply(src []byte, replacements []replacement) []byte {
	var out []byte
	at := 0
	for _, r := range replacements {
		out = append(append(out, src[at:r.span.Start]...), r.bytes...)
		at = r.span.End
	}
	return append(out, src[at:]...)
}

// verify reads the result again: it must be what was there, with nothing but
// the replaced values replaced.
func verify(file string, before []document.Node, result []byte, replacements []replacement) diag.List {
	wanted := map[int]string{}
	for _, r := range replacements {
		wanted[r.span.Start] = r.New
	}
	after, ds := document.ParseAll(file, result)
	same := ds.Err() == nil && len(after) == len(before)
	for i := 0; same && i < len(before); i++ {
		same = equal(before[i], after[i], wanted)
	}
	if same {
		return nil
	}
	return diag.List{diag.Errorf("unreplaceable", diag.Pos{File: file}, "the references in it cannot be replaced without changing what else it says").
		WithFix("write them as plain or quoted text, each on one line")}
}

// equal compares what two nodes say.
func equal(before, after document.Node, wanted map[int]string) bool {
	if before.Kind() != after.Kind() {
		return false
	}
	switch before.Kind() {
	case document.Mapping:
		return slices.EqualFunc(before.Entries(), after.Entries(), func(a, b document.Entry) bool {
			return a.Key.Text() == b.Key.Text() && equal(a.Value, b.Value, wanted)
		})
	case document.Sequence:
		return slices.EqualFunc(before.Items(), after.Items(), func(a, b document.Node) bool { return equal(a, b, wanted) })
	case document.Scalar:
		if span, ok := before.Span(); ok {
			if text, replaced := wanted[span.Start]; replaced {
				return trimEnd(after.Text()) == trimEnd(text)
			}
		}
		return before.Value() == after.Value()
	default:
		return true
	}
}

// trimEnd takes the line end of a block scalar off.
func trimEnd(text string) string { return string(bytes.TrimRight([]byte(text), "\n")) }
