// Package inventory implements `slipway inventory`.
package inventory

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/preview"
	"github.com/slipway-build/slipway/cmd/slipway/internal/site"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
)

// New returns the command with its sub-commands.
func New(a *app.App) *cobra.Command {
	cmd := &cobra.Command{Use: "inventory", Short: "What images there are, and what stands on what", Args: cobra.NoArgs}
	cmd.AddCommand(newList(a), newGraph(a), newShow(a))
	return cmd
}

func newList(a *app.App) *cobra.Command {
	var format, since string
	cmd := &cobra.Command{
		Use:     "list",
		Example: "  slipway inventory list -i inventory\n  slipway inventory list -l 'java+,!held'",
		Short:   "List images with their repositories and groups",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return list(cmd.Context(), a, format, since) },
	}
	a.Flags.BindInventory(cmd)
	a.Flags.BindLimit(cmd)
	cmd.Flags().StringVar(&since, "since", "", "a revision of git: the group changed is what the working tree builds otherwise")
	app.FormatFlag(cmd, &format, "text", "json", "yaml")
	return cmd
}

// A row is one image of the list.
type row struct {
	Name       string   `json:"name"`
	Repository string   `json:"repository"`
	File       string   `json:"file"`
	Strategy   string   `json:"strategy"`
	Groups     []string `json:"groups"`
}

func list(ctx context.Context, a *app.App, format, since string) error {
	inv, images, err := listed(ctx, a, since)
	if err != nil {
		return err
	}
	rows := []row{}
	for _, image := range images {
		rows = append(rows, row{image.Name, image.Repository, relative(inv, image.File), image.Strategy, inv.GroupsOf(image.Name)})
	}
	return a.Answer(format, map[string]any{"images": rows}, func(w io.Writer) error {
		for _, r := range rows {
			fmt.Fprintf(w, "%-20s %-40s %s\n", r.Name, r.Repository, strings.Join(r.Groups, ", "))
		}
		return nil
	})
}

// listed reads the inventory and returns its images, those that -l selects. What
// they stand on is asked only if it is needed for that.
func listed(ctx context.Context, a *app.App, since string) (*inventory.Inventory, []*inventory.Image, error) {
	if a.Flags.Limit == "" {
		inv, found, err := site.New(a).Inventory(ctx)
		if err != nil {
			return nil, nil, err
		}
		a.Warn(found...)
		return inv, inv.Images, nil
	}
	p, err := preview.New(ctx, a)
	if err != nil {
		return nil, nil, err
	}
	if err := p.Since(ctx, since); err != nil {
		return nil, nil, err
	}
	images, err := p.Select(ctx, a.Flags.Limit)
	return p.Inventory, images, err
}

func relative(inv *inventory.Inventory, file string) string {
	if rel, err := filepath.Rel(inv.Dir, file); err == nil {
		return rel
	}
	return file
}

func newGraph(a *app.App) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "graph",
		Example: "  slipway inventory graph\n  slipway inventory graph --format dot | dot -Tsvg > images.svg",
		Short:   "Show what every image is made from, and the order of building",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return graph(cmd.Context(), a, format) },
	}
	a.Flags.BindInventory(cmd)
	app.FormatFlag(cmd, &format, "text", "json", "yaml", "dot", "mermaid")
	return cmd
}

// A Graph is the answer of `slipway inventory graph`. Its form is part of the
// command line's contract.
type Graph struct {
	Images []Node   `json:"images"` // sorted by name
	Order  []string `json:"order"`  // every image after its parents
}

// A Node is one image of a Graph.
type Node struct {
	Name       string   `json:"name"`
	Repository string   `json:"repository"`
	File       string   `json:"file"` // relative to the inventory
	Strategy   string   `json:"strategy"`
	Parents    []string `json:"parents"`  // sorted
	External   []string `json:"external"` // references to images of others, sorted
}

func graph(ctx context.Context, a *app.App, format string) error {
	inv, family, err := site.New(a).Family(ctx)
	if err != nil {
		return err
	}
	g := newGraphAnswer(inv, family)
	switch format {
	case "dot":
		return g.dot(a.Streams.Out)
	case "mermaid":
		return g.mermaid(a.Streams.Out)
	default:
		return a.Answer(format, g, g.text)
	}
}

func newGraphAnswer(inv *inventory.Inventory, family *plan.Family) Graph {
	g := Graph{Images: []Node{}, Order: family.Order}
	for _, image := range inv.Images {
		g.Images = append(g.Images, newNode(inv, family, image))
	}
	return g
}

func newNode(inv *inventory.Inventory, family *plan.Family, image *inventory.Image) Node {
	n := family.Node(image.Name)
	return Node{
		Name: image.Name, Repository: image.Repository, File: relative(inv, image.File), Strategy: image.Strategy,
		Parents: orEmpty(family.Graph.Deps(image.Name)), External: orEmpty(slices.Sorted(slices.Values(n.External))),
	}
}

// orEmpty makes an absent list an empty one in JSON.
func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
