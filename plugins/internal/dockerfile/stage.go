package dockerfile

import (
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/slipway-build/slipway/sdk/diag"
)

// A stage is one FROM with what follows it.
type stage struct {
	index    int
	name     string // as written; empty without AS
	base     string // as written
	platform string // as written
	pos      diag.Pos
	basePos  diag.Pos
	text     string
	steps    []step
}

// A step is one instruction of a stage.
type step struct {
	command instructions.Command
	mounts  []mount
	pos     diag.Pos
	text    string
	node    *parser.Node
}

// network is what a RUN says about its network.
func (s *step) network() string {
	if run, ok := s.command.(*instructions.RunCommand); ok {
		return instructions.GetNetwork(run)
	}
	return ""
}

func (f *File) newStage(node *parser.Node, in *instructions.Stage) *stage {
	s := &stage{
		index:    len(f.stages),
		base:     in.BaseName,
		platform: in.Platform,
		pos:      f.place(node, node.Value),
		basePos:  f.place(node, in.BaseName),
		text:     strings.TrimSpace(node.Original),
	}
	if in.Name != "" {
		s.name = node.Next.Next.Next.Value
	}
	return s
}

// stageNames finds names that are given twice.
func (f *File) stageNames() diag.List {
	var problems diag.List
	first := map[string]*stage{}
	for _, s := range f.stages {
		if s.name == "" {
			continue
		}
		key := strings.ToLower(s.name)
		if other, ok := first[key]; ok {
			problems.Add(diag.Errorf("duplicate-stage", s.pos, "stage %q is defined twice", s.name).
				WithDetail("The other stands at %s.", other.pos))
			continue
		}
		first[key] = s
	}
	return problems
}

// lookup finds the stage that a reference made by stage number before means;
// nil when it means an image. byIndex allows for "0", "1", ….
func (f *File) lookup(reference string, before int, byIndex bool) *stage {
	for _, s := range f.stages[:before] {
		if s.name != "" && strings.EqualFold(s.name, reference) {
			return s
		}
		if strconv.Itoa(s.index) == reference && (byIndex || s.name == "") {
			return s
		}
	}
	return nil
}

// target finds the stage to be built: the last one when name is empty.
func (f *File) target(name string) (*stage, *diag.Diagnostic) {
	if name == "" {
		return f.stages[len(f.stages)-1], nil
	}
	if s := f.lookup(name, len(f.stages), true); s != nil {
		return s, nil
	}
	var names []string
	for _, s := range f.stages {
		if s.name != "" {
			names = append(names, s.name)
		}
	}
	d := diag.Errorf("unknown-target", diag.Pos{File: f.name}, "there is no stage %q to build", name)
	d.Path, d.Fix = "/target", diag.Suggest(name, names)
	if d.Fix == "" && len(names) > 0 {
		d.Fix = "the stages are " + strings.Join(names, ", ")
	}
	return nil, &d
}
