package inventory

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// text draws the images as trees: each image below the parents it is made
// from, in full at its first place and by name at the others.
func (g Graph) text(w io.Writer) error {
	t := tree{graph: g, w: w, shown: map[string]bool{}}
	for _, name := range g.Order {
		if len(g.node(name).Parents) == 0 {
			t.show(name, "", "")
		}
	}
	return t.err
}

func (g Graph) node(name string) Node {
	i := slices.IndexFunc(g.Images, func(n Node) bool { return n.Name == name })
	if i < 0 {
		return Node{Name: name}
	}
	return g.Images[i]
}

func (g Graph) children(name string) []string {
	var out []string
	for _, n := range g.Images {
		if slices.Contains(n.Parents, name) {
			out = append(out, n.Name)
		}
	}
	return out
}

// A tree is a drawing under way.
type tree struct {
	graph Graph
	w     io.Writer
	shown map[string]bool
	err   error
}

// show draws an image behind its branch, and below it its children.
func (t *tree) show(name, branch, indent string) {
	n := t.graph.node(name)
	line := branch + name
	if len(n.External) > 0 {
		line += "  (from " + strings.Join(n.External, ", ") + ")"
	}
	children := t.graph.children(name)
	again := t.shown[name] && len(children) > 0
	if again {
		line += "  …"
	}
	if _, err := fmt.Fprintln(t.w, line); err != nil {
		t.err = err
	}
	t.shown[name] = true
	if again {
		return
	}
	for i, child := range children {
		if i == len(children)-1 {
			t.show(child, indent+"└── ", indent+"    ")
		} else {
			t.show(child, indent+"├── ", indent+"│   ")
		}
	}
}

// dot draws the graph for Graphviz, from what is made to what it is made from.
func (g Graph) dot(w io.Writer) error {
	var b strings.Builder
	b.WriteString("digraph images {\n  rankdir=LR;\n  node [shape=box];\n")
	for _, n := range g.Images {
		fmt.Fprintf(&b, "  %q;\n", n.Name)
		for _, p := range n.Parents {
			fmt.Fprintf(&b, "  %q -> %q;\n", n.Name, p)
		}
		for _, e := range n.External {
			fmt.Fprintf(&b, "  %q -> %q [style=dashed];\n", n.Name, e)
		}
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// mermaid draws the graph for Markdown pages. Names are numbered, because
// mermaid reads some words and signs in its own way.
func (g Graph) mermaid(w io.Writer) error {
	var b strings.Builder
	id := map[string]string{}
	node := func(name string) string {
		if id[name] == "" {
			id[name] = fmt.Sprintf("n%d", len(id))
			fmt.Fprintf(&b, "  %s[%q]\n", id[name], name)
		}
		return id[name]
	}
	b.WriteString("graph LR\n")
	for _, n := range g.Images {
		child := node(n.Name)
		for _, p := range n.Parents {
			parent := node(p)
			fmt.Fprintf(&b, "  %s --> %s\n", child, parent)
		}
		for _, e := range n.External {
			other := node(e)
			fmt.Fprintf(&b, "  %s -.-> %s\n", child, other)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
