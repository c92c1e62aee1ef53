package plan

import (
	"context"
	"slices"

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
	rank  map[string]int      // where an image stands in Order
	users graph.Graph[string] // image → those made from it
}

// A Node is one image with what its strategy says it depends on.
type Node struct {
	Image    *inventory.Image
	Answer   strategy.PlanResponse
	Parents  []Edge   // to images of the inventory, in the order of the file
	External []string // references to images of others, in the order of the file
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
	return f.users.Ancestors(name, depth)
}

// An Asker answers what the build of an image depends on: the Plan of its
// strategy. An error means that the strategy itself broke. It is called by
// several goroutines at once.
type Asker func(ctx context.Context, image *inventory.Image) (strategy.PlanResponse, error)

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
		found.Add(Place(image, answers[i].Diagnostics)...)
		node := &Node{Image: image, Answer: answers[i]}
		found.Add(owners.relate(node)...)
		f.nodes[image.Name] = node
		f.Graph.Add(image.Name, node.parentNames()...)
		for _, parent := range node.parentNames() {
			f.users.Add(parent, image.Name)
		}
	}
	found.Add(f.order()...)
	return f, found, nil
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
	for _, in := range n.Answer.Images {
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
