package inventory

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/site"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/source"
)

func newShow(a *app.App) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "show IMAGE",
		Example: "  slipway inventory show web",
		Short:   "Everything the inventory says about one image",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return show(cmd.Context(), a, format, args[0]) },
	}
	a.Flags.BindInventory(cmd)
	app.FormatFlag(cmd, &format, "text", "json", "yaml")
	return cmd
}

// An Image is the answer of `slipway inventory show`: what is built, templates
// expanded. Its form is part of the command line's contract.
type Image struct {
	Node
	Children     []string          `json:"children"` // sorted
	Groups       []string          `json:"groups"`
	Sources      []string          `json:"sources"` // repositories it comes from
	Laid         []Source          `json:"laid"`    // over its own folder, in order
	Config       json.RawMessage   `json:"config"`
	Args         map[string]string `json:"args"`
	Labels       map[string]string `json:"labels"`
	Tags         []string          `json:"tags"`
	Platforms    []string          `json:"platforms"`
	Isolation    string            `json:"isolation"`
	Epoch        int64             `json:"epoch"` // seconds since 1970
	Timeout      string            `json:"timeout,omitempty"`
	Resources    Resources         `json:"resources,omitzero"`
	Require      []string          `json:"gate_require"`
	MinScenarios int               `json:"gate_min_scenarios"`
	Proved       []string          `json:"gate_platforms"` // that need a verdict

	bounds string // the resources, for people
}

// Resources are the bounds of a build; 0 is none.
type Resources struct {
	Memory int64   `json:"memory"` // bytes
	CPUs   float64 `json:"cpus"`   // processors
}

// A Source is what is laid into the workspace of an image.
type Source struct {
	Kind source.Kind `json:"kind"`
	Name string      `json:"name"` // without credentials
	Ref  string      `json:"ref,omitempty"`
	Path string      `json:"path,omitempty"` // the folder that is taken; empty: all
	To   string      `json:"to,omitempty"`   // the folder it is laid into; empty: the root
}

// String is the source in a line.
func (s Source) String() string {
	text := s.Name
	if s.Ref != "" {
		text += " " + s.Ref
	}
	if s.Path != "" {
		text += " (" + s.Path + ")"
	}
	if s.To != "" {
		text += " → " + s.To
	}
	return text
}

func laid(layers []source.Layer) []Source {
	out := []Source{}
	for _, l := range layers {
		s := Source{Kind: l.Kind, Name: l.Name(), Ref: l.Ref}
		if l.Path != "." {
			s.Path = l.Path
		}
		if l.To != "." {
			s.To = l.To
		}
		out = append(out, s)
	}
	return out
}

func show(ctx context.Context, a *app.App, format, name string) error {
	inv, family, err := site.New(a).Family(ctx)
	if err != nil {
		return err
	}
	image, err := site.Image(inv, name)
	if err != nil {
		return err
	}
	answer := newImage(inv, family, image)
	return a.Answer(format, answer, answer.text)
}

func newImage(inv *inventory.Inventory, family *plan.Family, m *inventory.Image) Image {
	answer := Image{
		Node: newNode(inv, family, m), Children: orEmpty(family.Descendants(m.Name, 1)), Groups: orEmpty(inv.GroupsOf(m.Name)), Sources: orEmpty(m.Sources), Laid: laid(m.Layers),
		Config: m.Config, Args: m.Args, Labels: m.Labels, Tags: orEmpty(m.Tags), Platforms: m.Platforms,
		Isolation: m.Isolation, Epoch: m.Epoch, Require: orEmpty(m.Gate.Require), MinScenarios: m.Gate.MinScenarios,
		Proved: proved(m), Resources: Resources{Memory: int64(m.Resources.Memory), CPUs: float64(m.Resources.CPUs) / 1000},
		bounds: m.Resources.String(),
	}
	if answer.Args == nil {
		answer.Args = map[string]string{}
	}
	if answer.Labels == nil {
		answer.Labels = map[string]string{}
	}
	if m.Timeout > 0 {
		answer.Timeout = m.Timeout.String()
	}
	return answer
}

// text writes a line for everything that is said; what is not is left out.
func (m Image) text(w io.Writer) error {
	var b strings.Builder
	line := func(name string, values ...string) {
		if joined := strings.Join(values, ", "); joined != "" {
			fmt.Fprintf(&b, "%-12s %s\n", name, joined)
		}
	}
	line("name", m.Name)
	line("repository", m.Repository)
	line("file", m.File)
	line("strategy", m.Strategy)
	if string(m.Config) != "{}" {
		line("config", string(m.Config))
	}
	line("stands on", m.Parents...)
	line("from outside", m.External...)
	line("carries", m.Children...)
	line("groups", m.Groups...)
	line("comes from", m.Sources...)
	for i, s := range m.Laid {
		line(map[bool]string{true: "filled by"}[i == 0], s.String())
	}
	line("tags", m.Tags...)
	line("platforms", m.Platforms...)
	line("isolation", m.Isolation)
	line("epoch", time.Unix(m.Epoch, 0).UTC().Format(time.RFC3339))
	line("timeout", m.Timeout)
	line("resources", m.bounds)
	m.gate(line)
	pairs(line, "args", m.Args)
	pairs(line, "labels", m.Labels)
	_, err := io.WriteString(w, b.String())
	return err
}

// gate tells what a verdict needs beyond passing.
func (m Image) gate(line func(string, ...string)) {
	var needs []string
	if len(m.Require) > 0 {
		needs = append(needs, "a passed scenario tagged "+strings.Join(m.Require, " and "))
	}
	if m.MinScenarios > 0 {
		needs = append(needs, fmt.Sprintf("at least %d passed scenarios", m.MinScenarios))
	}
	if len(m.Proved) < len(m.Platforms) {
		needs = append(needs, "a verdict for "+strings.Join(m.Proved, " and "))
	}
	line("gate", needs...)
}

// proved are the platforms of an image that need a verdict.
func proved(m *inventory.Image) []string {
	return slices.DeleteFunc(slices.Clone(m.Platforms), m.Gate.Waives)
}

// pairs writes one pair a line, the name before the first only.
func pairs(line func(string, ...string), name string, all map[string]string) {
	for i, key := range slices.Sorted(maps.Keys(all)) {
		if i > 0 {
			name = ""
		}
		line(name, key+"="+all[key])
	}
}
