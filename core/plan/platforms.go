package plan

import (
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/platform"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// platforms finds images that need a parent for a platform that it is not built
// for, and images that stand on another one for each platform: the gate asks
// of an image whether the one that it stands on is promoted.
func (f *Family) platforms(images []*inventory.Image) diag.List {
	var found diag.List
	for _, image := range images {
		node := f.nodes[image.Name]
		for _, e := range node.Parents {
			found.Add(f.lacking(node, e)...)
		}
		found.Add(node.bases()...)
	}
	return found
}

// lacking tells for which platforms a parent is needed and not built.
func (f *Family) lacking(n *Node, e Edge) diag.List {
	var found diag.List
	parent := f.nodes[e.Parent].Image
	for _, a := range n.Answers {
		wanted := a.For(e.Input)
		if !slices.Contains(a.Images, e.Input) || builtFor(parent, wanted) {
			continue
		}
		found.Add(diag.Errorf("parent-platform", e.Pos, "%s is needed for %s, and is built for %s", parent.Name, wanted, strings.Join(parent.Platforms, ", ")).
			WithDetail("What %s is built for is said at %s.", parent.Name, parent.PlatformsPos()).
			WithFix("add %s to the platforms of %s", wanted, parent.Name))
	}
	return once(found)
}

func builtFor(image *inventory.Image, wanted string) bool {
	return slices.ContainsFunc(image.Platforms, func(p string) bool { return platform.Canonical(p) == platform.Canonical(wanted) })
}

// bases tells of an image that stands on another one of the inventory for each
// platform.
func (n *Node) bases() diag.List {
	var first Edge
	for _, a := range n.Answers {
		base := n.baseFor(a)
		if first.Parent != "" && base.Parent != "" && base.Parent != first.Parent {
			return diag.List{diag.Errorf("several-bases", base.Pos, "%s stands on %s for one platform, and on %s for another", n.Image.Name, first.Parent, base.Parent).
				WithFix("make one image of them that is built for both platforms")}
		}
		if first.Parent == "" {
			first = base
		}
	}
	return nil
}

// baseFor is the edge to the image of the inventory that one platform of the
// image stands on.
func (n *Node) baseFor(a Answer) Edge {
	for _, e := range n.Parents {
		if e.Input.Kind == strategy.Base && slices.Contains(a.Images, e.Input) {
			return e
		}
	}
	return Edge{}
}
