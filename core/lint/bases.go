package lint

import (
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

func latestBase() Rule {
	return Rule{
		Name: "latest", Level: Warning, Doc: "an image of others by the tag latest, or by none: it is another one tomorrow",
		Bad: "FROM docker.io/library/alpine\n", Good: "FROM docker.io/library/alpine:3.22\n",
		check: func(l *look) {
			l.bases(func(in strategy.ImageInput, pos diag.Pos) {
				if tag := tagOf(in.Reference); !pinned(in.Reference) && (tag == "" || tag == "latest") {
					l.tell(pos, "name a version, or a digest", "%s is another image tomorrow", in.Reference)
				}
			})
		},
	}
}

func unpinnedBase() Rule {
	return Rule{
		Name: "unpinned-base", Level: Off, Doc: "an image of others without a digest: whoever may push there decides what is built on",
		Bad: "FROM docker.io/library/alpine:3.22\n", Good: "FROM docker.io/library/alpine:3.22@sha256:4b7ce07002c69e8f3d704a9c5d6fd3053be500b7f1c69fc0d80990c2ad8dd412\n",
		check: func(l *look) {
			l.bases(func(in strategy.ImageInput, pos diag.Pos) {
				if !pinned(in.Reference) {
					l.tell(pos, "add its digest: "+in.Reference+"@sha256:…", "%s is whatever its registry says it is", in.Reference)
				}
			})
		},
	}
}

// bases visits every reference to an image that is not of the inventory.
func (l *look) bases(visit func(strategy.ImageInput, diag.Pos)) {
	if l.site.Family == nil {
		return
	}
	for _, name := range l.site.Family.Order {
		node := l.site.Family.Node(name)
		for _, in := range node.Images() {
			if slices.Contains(node.External, in.Reference) {
				visit(in, placeOf(node, in))
			}
		}
	}
}

// placeOf is where a strategy read a reference: its files are relative to the
// image's folder.
func placeOf(node *plan.Node, in strategy.ImageInput) diag.Pos {
	pos := diag.Pos{File: in.File, Line: in.Line, Column: in.Column, End: in.Column + utf8.RuneCountInString(in.Reference)}
	if pos.File != "" && !filepath.IsAbs(pos.File) {
		pos.File = filepath.Join(node.Image.Dir, pos.File)
	}
	return pos
}

func pinned(reference string) bool { return strings.Contains(reference, "@") }

// tagOf is what follows the last colon of the last component.
func tagOf(reference string) string {
	name, _, _ := strings.Cut(reference, "@")
	_, tag, _ := strings.Cut(name[strings.LastIndexByte(name, '/')+1:], ":")
	return tag
}
