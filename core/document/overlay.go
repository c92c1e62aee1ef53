package document

// Overlay returns a mapping with the entries of top, and after them those of
// bottom whose keys top has not. Where top is nothing it is bottom; where one
// of them is no mapping it is top.
func Overlay(top, bottom Node) Node {
	if top.IsZero() {
		return bottom
	}
	if top.Kind() != Mapping || bottom.Kind() != Mapping {
		return top
	}
	out := &data{kind: Mapping, pos: top.Pos(), entries: top.Entries()[:len(top.Entries()):len(top.Entries())]}
	for _, e := range bottom.Entries() {
		if top.Get(e.Key.Text()).Kind() == Absent {
			out.entries = append(out.entries, e)
		}
	}
	return Node{out}
}
