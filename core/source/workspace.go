package source

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Workspace is a folder that a build sees, and whence its files come.
type Workspace struct {
	Dir      string            // absolute; nobody may write into it
	Sources  []buildkey.Source // what counts beside files
	Warnings diag.List         // about sources

	strata []stratum
	owners map[string]int
}

// Place moves a place in a file of the workspace, relative to it, to where a
// person would mend it: the file on this machine that it was copied from, the
// lines of image.yml. What came from elsewhere is where it was laid.
func (w Workspace) Place(pos diag.Pos) diag.Pos {
	if pos.File == "" || filepath.IsAbs(pos.File) || len(w.strata) == 0 {
		return pos
	}
	at := path.Clean(filepath.ToSlash(pos.File))
	pos.File = filepath.Join(w.Dir, filepath.FromSlash(at))
	s := w.strata[owner(w.owners, at)]
	switch s.Kind {
	case Directory:
		if rel, err := filepath.Rel(filepath.FromSlash(s.To), filepath.FromSlash(at)); err == nil {
			pos.File = filepath.Join(s.file(), rel)
		}
	case Dockerfile:
		return s.line(pos)
	case Git, Archive, Image, Bundle: // it stands nowhere else
	}
	return pos
}

// line is a place of an inline Dockerfile. Where templates changed the text, it
// is a line that is meant, as long as there are as many of them.
func (l Layer) line(pos diag.Pos) diag.Pos {
	text := l.written.Text()
	lines := strings.SplitAfter(text, "\n")
	if pos.Line < 1 || pos.Line > len(lines) || len(lines) != strings.Count(l.From, "\n")+1 {
		return l.Pos
	}
	start := len(strings.Join(lines[:pos.Line-1], ""))
	line := []rune(strings.TrimSuffix(lines[pos.Line-1], "\n"))
	from, to := 0, len(line)
	if pos.Column > 0 && slices.Equal(strings.SplitAfter(l.From, "\n"), lines) {
		from = min(pos.Column-1, len(line))
		to = len(line)
		if pos.End > pos.Column {
			to = min(pos.End-1, len(line))
		}
	}
	return l.written.At(start+len(string(line[:from])), start+len(string(line[:max(from, to)])))
}
