package plan

import (
	"errors"
	"fmt"
	"strings"

	"github.com/slipway-build/slipway/core/graph"
	"github.com/slipway-build/slipway/sdk/diag"
)

// order fixes the order of the family, or tells of the cycle with every
// reference that makes it.
func (f *Family) order() diag.List {
	order, err := f.Graph.Order()
	if err == nil {
		f.Order = order
		f.rank = make(map[string]int, len(order))
		for i, name := range order {
			f.rank[name] = i
		}
		return nil
	}
	cycle, ok := errors.AsType[*graph.CycleError[string]](err)
	if !ok {
		return diag.List{{Code: "order", Summary: err.Error()}}
	}
	var links []string
	var first diag.Pos
	for i, child := range cycle.Keys[:len(cycle.Keys)-1] {
		e := f.nodes[child].edge(cycle.Keys[i+1])
		if i == 0 {
			first = e.Pos
		}
		links = append(links, fmt.Sprintf("%s: %s needs %s", e.Pos, child, e.Input.Reference))
	}
	d := diag.Errorf("cycle", first, "images wait for each other: %s", strings.Join(cycle.Keys, " -> "))
	return diag.List{d.WithDetail("%s", strings.Join(links, "\n")).WithFix("let one of them stand on another image")}
}

// edge returns the first reference to parent.
func (n *Node) edge(parent string) Edge {
	for _, e := range n.Parents {
		if e.Parent == parent {
			return e
		}
	}
	return Edge{}
}
