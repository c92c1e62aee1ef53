package refs

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// markerWord is in every marker.
const markerWord = `"$slipway"`

// markerText matches the comment at the end of a line.
var markerText = regexp.MustCompile(`(?:^|\s)(#\s*\{\s*"\$slipway"\s*:\s*"([^"]*)"\s*\}\s*)$`)

// lineEnds are those by which places in a document are counted.
var lineEnds = regexp.MustCompile(`\r\n|\r|\n`)

// A marker says what the one value on its line refers to.
type marker struct {
	pos    diag.Pos
	image  string
	part   string // "", "repository", "tag" or "digest"
	values int    // how many values stand on its line
}

// markersOf finds what looks like a marker.
func markersOf(file string, src []byte) map[int]*marker {
	out := map[int]*marker{}
	if !bytes.Contains(src, []byte(markerWord)) {
		return out
	}
	for i, line := range lineEnds.Split(strings.TrimPrefix(string(src), "\ufeff"), -1) {
		found := markerText.FindStringSubmatchIndex(line)
		if found == nil {
			continue
		}
		image, part, _ := strings.Cut(line[found[4]:found[5]], ":")
		column := len([]rune(line[:found[2]])) + 1
		out[i+1] = &marker{image: image, part: part, pos: diag.Pos{File: file, Line: i + 1, Column: column, End: column + len([]rune(line[found[2]:found[3]]))}}
	}
	return out
}

// notComments drops what is no comment but part of a text over several lines.
func (f *finder) notComments(n document.Node) {
	switch n.Kind() {
	case document.Mapping:
		for _, e := range n.Entries() {
			f.notComments(e.Value)
		}
	case document.Sequence:
		for _, item := range n.Items() {
			f.notComments(item)
		}
	case document.Scalar:
		end := n.At(len(n.Text()), len(n.Text()))
		for line := n.Pos().Line + 1; line < end.Line; line++ {
			delete(f.markers, line)
		}
		if m := f.markers[end.Line]; m != nil && m.pos.Column < end.Column {
			delete(f.markers, end.Line)
		}
	case document.Null, document.Absent:
	}
}

// isMarked reports whether a value has a marker.
func (f *finder) isMarked(n document.Node) bool { return f.markers[n.Pos().Line] != nil }

// marked replaces a value that has a marker.
func (f *finder) marked(n document.Node, p place) {
	m := f.markers[n.Pos().Line]
	if m == nil {
		return
	}
	if m.values++; m.values > 1 {
		return // told by checkMarkers
	}
	image, ok := f.named(m.image)
	if !ok {
		return
	}
	repository := repositoryOf(trimEnd(n.Text()))
	if known, ok := f.of(trimEnd(n.Text())); !ok || known.Name != image.Name {
		repository = image.Repository
	}
	text := map[string]string{
		"": f.write(repository, image), "repository": image.Repository, "tag": image.Tag, "digest": image.Digest,
	}[m.part]
	f.replace(n, p, image, text)
}

// checkMarkers tells of markers that mean nothing.
func (f *finder) checkMarkers() {
	for _, m := range f.markers {
		switch {
		case !slices.Contains(f.Known, m.image):
			d := diag.Errorf("bad-marker", m.pos, "there is no image %q", m.image)
			f.found.Add(d.WithFix("%s", cmp.Or(diag.Suggest(m.image, f.Known), "name an image of the inventory")))
		case !slices.Contains([]string{"", "repository", "tag", "digest"}, m.part):
			f.found.Add(diag.Errorf("bad-marker", m.pos, "a reference has no %q", m.part).WithFix("write repository, tag or digest, or nothing for the whole reference"))
		case m.part == "digest" && f.Form == TagOnly:
			f.found.Add(diag.Errorf("bad-marker", m.pos, "the form %s has no digest", f.Form).WithFix("ask for the form %s", TagAndDigest))
		case m.values != 1:
			f.found.Add(diag.Errorf("bad-marker", m.pos, "a marker stands beside one value, and here are %d", m.values).WithFix("write the value on a line of its own"))
		}
	}
}
