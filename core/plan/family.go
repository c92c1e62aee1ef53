package plan

import (
	"cmp"
	"context"
	"slices"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/graph"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/registry/reference"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A Family is the images of an inventory and what each is made from.
type Family struct {
	Graph graph.Graph[string] // image → its parents
	Order []string            // every image after its parents
	nodes map[string]*Node
	rank  map[string]int // where an image stands in Order
}

// A Node is one image with what its strategy says it depends on.
type Node struct {
	Image    *inventory.Image
	Answers  []Answer // one for each platform of the image, in their order
	Parents  []Edge   // to images of the inventory, in the order of the file, for any platform
	External []string // references to images of others, in the order of the file, for any platform
}

// An Answer is what a strategy says about one platform of an image.
type Answer struct {
	Platform string // one of the image's: "linux/amd64"
	strategy.PlanResponse
	Broken *BrokenError // nil: it answered
}

// For returns for which platform an image that is asked for is needed.
func (a Answer) For(in strategy.ImageInput) string { return cmp.Or(in.Platform, a.Platform) }

// Answer returns what the strategy says about one platform of the image.
func (n *Node) Answer(platform string) Answer {
	i := slices.IndexFunc(n.Answers, func(a Answer) bool { return a.Platform == platform })
	return n.Answers[i]
}

// Images returns what the strategy refers to, for any platform, each once, in
// the order of the file.
func (n *Node) Images() []strategy.ImageInput {
	var out []strategy.ImageInput
	for _, a := range n.Answers {
		for _, in := range a.Images {
			if !slices.Contains(out, in) {
				out = append(out, in)
			}
		}
	}
	return out
}

// Parent returns the image of the inventory that a reference of the node
// means, or "".
func (n *Node) Parent(reference string) string {
	for _, e := range n.Parents {
		if e.Input.Reference == reference {
			return e.Parent
		}
	}
	return ""
}

// An Edge is a reference to an image of the inventory.
type Edge struct {
	Parent string // its name
	Input  strategy.ImageInput
	Pos    diag.Pos
}

// IdentityOf is how facts name an image that a build asks for, without saying
// which it is.
func IdentityOf(in strategy.ImageInput) buildkey.ImageIdentity {
	return buildkey.ImageIdentity{Reference: in.Reference, Kind: string(in.Kind), Platform: in.Platform}
}

// Node returns the node of the named image, or nil.
func (f *Family) Node(name string) *Node { return f.nodes[name] }

// Base returns the name of the image that the named one stands on, or "" when
// it stands on none of the inventory. Images that are only copied from, and
// bases of other stages, are not it.
func (n *Node) Base() string {
	for _, e := range n.Parents {
		if e.Input.Kind == strategy.Base {
			return e.Parent
		}
	}
	return ""
}

// Ancestors returns what the named image is made from, at most depth levels
// up; all of it when depth is negative.
func (f *Family) Ancestors(name string, depth int) []string { return f.Graph.Ancestors(name, depth) }

// Descendants returns what is made from the named image, at most depth levels
// down; all of it when depth is negative.
func (f *Family) Descendants(name string, depth int) []string {
	return f.Graph.Descendants(name, depth)
}

// An Asker answers what the build of an image for a platform depends on: the
// Plan of its strategy. An error that is no diagnostic means that the strategy
// itself broke, which is the image's trouble alone. It is called by several
// goroutines at once.
type Asker func(ctx context.Context, image *inventory.Image, platform string) (strategy.PlanResponse, error)

// Relate asks every image's strategy what it depends on and joins the answers.
// The diagnostics hold warnings as well; the Family is good when they hold no
// error.
func Relate(ctx context.Context, images []*inventory.Image, ask Asker) (*Family, diag.List, error) {
	f := &Family{nodes: make(map[string]*Node, len(images))}
	owners := newOwners(images)
	var found diag.List
	answers, err := askAll(ctx, images, ask)
	if err != nil {
		return nil, nil, err
	}
	for i, image := range images {
		node := &Node{Image: image, Answers: answers[i]}
		found.Add(node.diagnostics()...)
		found.Add(owners.relate(node)...)
		f.nodes[image.Name] = node
		f.Graph.Add(image.Name, node.parentNames()...)
	}
	found.Add(f.order()...)
	found.Add(f.platforms(images)...)
	return f, found, nil
}

// diagnostics are what the strategy has to say, for whichever platform: once.
func (n *Node) diagnostics() diag.List {
	var all diag.List
	for _, a := range n.Answers {
		all.Add(Place(n.Image, a.Diagnostics)...)
		if a.Broken != nil {
			all.Add(a.Broken.warning())
		}
	}
	return once(all)
}

// once drops what was said before: of several platforms the file is one.
func once(ds diag.List) diag.List {
	var out diag.List
	for _, d := range ds {
		if !slices.Contains(out, d) {
			out.Add(d)
		}
	}
	return out
}

func (n *Node) parentNames() []string {
	var names []string
	for _, e := range n.Parents {
		names = append(names, e.Parent)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// relate sorts the references of a node into parents and others.
func (o *owners) relate(n *Node) diag.List {
	var found diag.List
	for _, in := range n.Images() {
		pos := InputPos(n.Image, in)
		r, err := reference.Parse(in.Reference)
		if err != nil {
			found.Add(diag.Errorf("bad-reference", pos, "%v", err))
			continue
		}
		parent, d := o.find(r, in.Reference, pos)
		found.Add(d...)
		if parent != "" {
			n.Parents = append(n.Parents, Edge{Parent: parent, Input: in, Pos: pos})
		} else if !slices.Contains(n.External, in.Reference) {
			n.External = append(n.External, in.Reference)
		}
	}
	return found
}
