package playbook

import (
	"path/filepath"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// varsFiles reads the files of variables of a play. An entry that is a list is
// the first of its files that exists.
func (r *reader) varsFiles(n document.Node, dir string) []VarsLayer {
	entries := []document.Node{n}
	if n.Kind() != document.Scalar {
		entries = r.items(n, "files")
	}
	var layers []VarsLayer
	for _, e := range entries {
		candidates := []document.Node{e}
		if e.Kind() == document.Sequence {
			candidates = e.Items()
		}
		layers = append(layers, r.varsFile(e, candidates, dir)...)
	}
	return layers
}

// varsFile reads the first of some files that exists.
func (r *reader) varsFile(entry document.Node, candidates []document.Node, dir string) []VarsLayer {
	var tried []string
	for _, c := range candidates {
		if !r.static(c, "the name of a file of variables") {
			return nil
		}
		path := c.Text()
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		tried = append(tried, path)
		if len(candidates) > 1 && !r.exists(path) {
			continue
		}
		return r.varsOf(path, c)
	}
	r.add(diag.Errorf("no-file", entry.Pos(), "none of these files of variables is there: %s", list(tried)).WithFix("write one of them"))
	return nil
}

// varsOf reads one file of variables.
func (r *reader) varsOf(path string, named document.Node) []VarsLayer {
	n, ok := r.document(path, named, "the file of variables")
	if !ok {
		return nil
	}
	var v variables
	r.add(v.DecodeNode(n)...)
	return Keywords{}.withVars(vars.File, n, path).Vars
}
